import assert from 'node:assert/strict';
import type { Acr } from '../../../src/accounts/authentication.js';
import { configSchema } from '../../../src/config/schema.js';
import {
  acrClaimProblem,
  acrDemandOf,
  meetsDemand,
  supportedAcrs,
  toldAcr,
} from '../../../src/provider/acr-demand.js';

const basic = 'urn:holdfast:acr:basic';
const phr = 'urn:holdfast:acr:phr';
const phrh = 'urn:holdfast:acr:phrh';
const withoutAttestation: Acr[] = [basic, phr];

const claims = (acr: unknown) => JSON.stringify({ id_token: { acr } });
const demand = (params: Record<string, unknown>, supported = withoutAttestation) =>
  acrDemandOf(params, supported);

describe('the strengths that are supported', () => {
  const nothing = { ...configSchema.parse({}), upstream_providers: [] } as unknown as Parameters<
    typeof supportedAcrs
  >[0];
  const upstream = [{ acr: 'urn:holdfast:acr:phrh' }] as never;
  const reaching = {
    'attested keys': { attestation: { metadata: 'fido.jwt' } },
    'an upstream provider that is believed so': { upstream_providers: upstream },
    'the test login': { dangerously_allow_test_login: true },
  };
  it('leave hardware keys out where no login could reach them', () => {
    assert.deepEqual(supportedAcrs(nothing), ['urn:holdfast:acr:basic', 'urn:holdfast:acr:phr']);
  });
  for (const [name, settings] of Object.entries(reaching)) {
    it(`have hardware keys with ${name}`, () => {
      assert.equal(supportedAcrs({ ...nothing, ...settings }).at(-1), 'urn:holdfast:acr:phrh');
    });
  }
});

describe('what an authorization request demands', () => {
  it('is by acr_values the weakest of those that we support, since every stronger one does as well', () => {
    assert.equal(demand({ acr_values: `${phr} urn:other ${basic}` }), basic);
    assert.equal(demand({ acr_values: `urn:other  ${phr}` }), phr);
    assert.equal(demand({ acr_values: `${phrh} ${phr}` }), phr);
  });

  it('is nothing by acr_values of which we support none', () => {
    assert.equal(demand({ acr_values: `urn:other ${phrh}` }), undefined);
    assert.equal(demand({ acr_values: '' }), undefined);
    assert.equal(demand({}), undefined);
  });

  it('is by an essential acr claim what it names, or impossible', () => {
    assert.equal(demand({ claims: claims({ essential: true, value: phr }) }), phr);
    assert.equal(demand({ claims: claims({ essential: true, values: ['urn:other', phr] }) }), phr);
    assert.equal(demand({ claims: claims({ essential: true, value: phrh }) }), 'impossible');
    assert.equal(demand({ claims: claims({ essential: true, value: phrh }) }, [basic, phr, phrh]), phrh);
  });

  it('is both where both are sent: neither takes the other away', () => {
    const essential = claims({ essential: true, value: phr });
    assert.equal(demand({ acr_values: basic, claims: essential }), phr);
    assert.equal(demand({ acr_values: 'urn:other', claims: essential }), phr);
    assert.equal(demand({ acr_values: phr, claims: claims({ essential: true, value: basic }) }), phr);
  });

  it('is nothing by a claim that is not essential, or names no value', () => {
    for (const acr of [null, {}, { value: phr }, { essential: false, values: [phr] }, { essential: true }]) {
      assert.equal(demand({ claims: claims(acr) }), undefined, JSON.stringify(acr));
    }
  });

  it('is met by itself and by every stronger rung', () => {
    assert.equal(meetsDemand({ demand: phr }, phr), true);
    assert.equal(meetsDemand({ demand: phr }, phrh), true);
    assert.equal(meetsDemand({ demand: undefined }, undefined), true);
  });

  it('is not met by a weaker rung, by nothing, or by what is not on the ladder', () => {
    for (const achieved of [basic, undefined, 'urn:other']) {
      assert.equal(meetsDemand({ demand: phr }, achieved), false);
    }
    assert.equal(meetsDemand({ demand: 'impossible' }, phrh), false);
  });
});

describe('the acr of an ID token', () => {
  it('is one that was asked for, where the real one dominates it', () => {
    assert.equal(toldAcr(phrh, { values: [basic, phr] }), phr);
    assert.equal(toldAcr(phr, { essential: true, value: basic }), basic);
    assert.equal(toldAcr(phr, { values: [phrh, phr] }), phr);
  });

  it('is the real one where nothing was asked that it dominates', () => {
    assert.equal(toldAcr(basic, { values: [phr] }), basic);
    assert.equal(toldAcr(phr, { values: ['urn:other'] }), phr);
    assert.equal(toldAcr(phr, null), phr);
    assert.equal(toldAcr(undefined, { values: [phr] }), undefined);
  });
});

describe('an acr claim', () => {
  it('is refused when a part of it has the wrong type', () => {
    for (const acr of [
      'phr',
      [],
      { essential: 'yes' },
      { value: 1 },
      { values: phr },
      { values: [] },
      { values: [1] },
    ]) {
      assert.equal(typeof acrClaimProblem({ id_token: { acr } }), 'string', JSON.stringify(acr));
    }
  });

  it('is taken when it is as OIDC Core §5.5.1 says', () => {
    for (const acr of [
      undefined,
      null,
      {},
      { essential: true, value: phr },
      { values: [phr, 'urn:other'] },
    ]) {
      assert.equal(acrClaimProblem({ id_token: { acr } }), undefined, JSON.stringify(acr));
    }
    assert.equal(acrClaimProblem({ userinfo: {} }), undefined);
  });
});
