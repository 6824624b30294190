import assert from 'node:assert/strict';
import { newAccount, type AccountId } from '../../../src/accounts/account.js';
import {
  checkFreshness,
  displayNameOf,
  readUpstreamPerson,
  upstreamAuthentication,
} from '../../../src/accounts/upstream-person-policy.js';
import { refusalOf, valueOf } from '../../support/passkey-desk.js';

const standard = { email_verified_claim: 'email_verified' };
const claims = { iss: 'https://up.test', sub: 'sub-1', email: 'ada@example.test', email_verified: true };
const personOf = (more: Record<string, unknown>, provider = standard) =>
  valueOf(readUpstreamPerson({ ...claims, ...more }, provider));

describe('a person from an upstream provider', () => {
  it('has the address that the provider verified, and no other', () => {
    assert.equal(personOf({}).email, 'ada@example.test');
    for (const verified of [false, undefined, null, 'true', 1, 'yes', {}]) {
      assert.equal(personOf({ email_verified: verified }).email, undefined, JSON.stringify(verified));
    }
    for (const email of [
      '',
      'no address',
      7,
      null,
      'a@b',
      `${'a'.repeat(250)}@example.test`,
      'ſ@example.test',
    ]) {
      assert.equal(personOf({ email }).email, undefined, String(email));
    }
  });

  it('may be vouched for by another claim, where the operator says so', () => {
    const entra = { email_verified_claim: 'xms_edov' };
    assert.equal(personOf({}, entra).email, undefined);
    assert.equal(personOf({ email_verified: undefined, xms_edov: true }, entra).email, 'ada@example.test');
  });

  it('has a subject of 1 to 255 ASCII characters', () => {
    for (const sub of ['', 'x'.repeat(256), 'adä', 'a\u0000', 7, undefined, null]) {
      assert.match(refusalOf(readUpstreamPerson({ ...claims, sub }, standard)), /^upstream_rejected: sub/);
    }
    assert.equal(personOf({ sub: 'x'.repeat(255) }).subject.length, 255);
  });

  it('is called what the provider says, cleaned, or by her address', () => {
    assert.equal(displayNameOf(personOf({ name: ' Ada\u202E\u0007 Lovelace ' })), 'Ada Lovelace');
    assert.equal(displayNameOf(personOf({ name: '𝔞'.repeat(80) })), '𝔞'.repeat(60));
    for (const name of [undefined, '', '  ', 7, '\u202E'])
      assert.equal(displayNameOf(personOf({ name })), 'ada');
    const long = `${'a'.repeat(64)}@example.test`;
    assert.equal(displayNameOf(personOf({ name: undefined, email: long })).length, 60);
  });

  it('has proved herself as lately as was asked, by a time that the provider tells', () => {
    const fresh = (authTime: unknown, maxAge: number | undefined) =>
      refusalOf(checkFreshness(personOf({ auth_time: authTime }), { askedAt: 10_000, maxAge }));
    assert.equal(fresh(undefined, undefined), 'accepted');
    assert.equal(fresh(1, undefined), 'accepted');
    assert.equal(fresh(9_970, 0), 'accepted');
    assert.equal(fresh(10_100, 0), 'accepted');
    assert.match(fresh(9_969, 0), /auth_time is older/);
    assert.equal(fresh(9_670, 300), 'accepted');
    assert.match(fresh(9_669, 300), /auth_time is older/);
    for (const said of [undefined, '10000', null]) assert.match(fresh(said, 300), /auth_time is missing/);
  });

  it('is as strong as her login proved, and no younger than it was', () => {
    const account = { ...newAccount('acc_1' as AccountId, new Date(0)), generation: 7 };
    const graded = { acr: 'urn:holdfast:acr:phr', acr_values: 'gold platinum' } as const;
    const plain = { acr: 'urn:holdfast:acr:basic', acr_values: undefined } as const;
    const of = (more: Record<string, unknown>, provider: typeof graded | typeof plain = plain) =>
      upstreamAuthentication(account, personOf(more), provider as never, 5000);
    assert.deepEqual(of({}), {
      accountId: 'acc_1',
      accountGeneration: 7,
      acr: 'urn:holdfast:acr:basic',
      amr: ['fed'],
      authTime: 5000,
    });
    assert.equal(of({ auth_time: 4000 }).authTime, 4000);
    assert.equal(of({ auth_time: 6000 }).authTime, 5000);
    assert.equal(of({ acr: 'platinum' }, graded).acr, 'urn:holdfast:acr:phr');
    for (const acr of ['silver', 'gold platinum', '', undefined, ['gold'], 'urn:holdfast:acr:phr']) {
      assert.equal(of({ acr }, graded).acr, 'urn:holdfast:acr:basic', String(acr));
    }
  });
});
