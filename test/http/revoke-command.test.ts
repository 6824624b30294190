import assert from 'node:assert/strict';
import { createProgram, type ProgramActions } from '../../src/admin/program.js';
import { adminDesk } from '../support/admin-desk.js';
import { jwtGateway } from '../support/clients.js';
import { Device } from '../support/device.js';
import { startHoldfast, type Holdfast } from '../support/harness.js';
import {
  clientCredentials,
  introspect,
  logIn,
  redeem,
  refresh,
  signIn,
  type Tokens,
} from '../support/login.js';

describe('holdfast revoke', () => {
  let holdfast: Holdfast;
  let issuer: string;
  let desk: ReturnType<typeof adminDesk>;
  before(async () => {
    holdfast = await startHoldfast();
    ({ issuer } = holdfast);
    desk = adminDesk(holdfast);
  });
  after(() => holdfast.close());

  const active = async (token: string, as = 'rs-a') => (await introspect(issuer, token, as)).body['active'];
  const refreshed = async ({ refreshToken, device }: Tokens) =>
    (await refresh(issuer, refreshToken, device)).status;

  /** Somebody of this test's own, and her ids as `account show` tells them. */
  async function person(login: string) {
    const tokens = await signIn({ issuer, login });
    const shown = await desk.run('account show', { account: login });
    assert.ok(shown.ok);
    const ids = shown.result as Record<'devices' | 'sessions' | 'grants', { id: string; keys: string }[]> & {
      account: string;
    };
    return { tokens, ids };
  }

  it('shows what of a person there is to revoke', async () => {
    const { tokens, ids } = await person('shown');
    assert.deepEqual([ids.devices.length, ids.sessions.length, ids.grants.length], [1, 1, 1]);
    assert.match(ids.devices[0]?.keys ?? '', new RegExp(`dpop ${tokens.device.key.jkt}`));
    const shown = await desk.run('account show', { account: 'shown' });
    assert.match(
      shown.ok ? shown.text : '',
      /Devices \(revoke --device, or --key\)\nID .*WHAT .*KEYS .*SINCE/,
    );
    await desk.revoke('account', 'shown');
    const after = await desk.run('account show', { account: 'shown' });
    assert.match(after.ok ? after.text : '', /Logins at apps \(revoke --grant\): none\./);
    await desk.run('account disable', { account: 'shown' });
    const shut = await desk.run('account show', { account: 'shown' });
    assert.match(shut.ok ? shut.text : '', /^Account acc_\w+, .*, disabled\n/);
    assert.equal((await desk.run('account show', { account: 'nobody' })).ok, false);
  });

  it('ends one token alone', async () => {
    const { tokens } = await person('of-a-token');
    assert.match(
      await desk.revoke('token', tokens.accessToken),
      /^Revoked token [0-9a-f]{16}\. That access token is dead/,
    );
    assert.equal(await active(tokens.accessToken), false);
    assert.equal(await refreshed(tokens), 200);
    const again = await desk.run('revoke', { level: 'token', name: tokens.accessToken });
    assert.equal(again.ok ? '' : again.error, 'nothing_to_revoke');
    assert.ok(!JSON.stringify([again, desk.told]).includes(tokens.accessToken));
  });

  it('ends one token that is a JWT, and a login by its refresh token', async () => {
    const answer = await clientCredentials(issuer, await Device.create(), {
      resource: jwtGateway,
      scope: 'jwt:call',
    });
    const jwt = answer.body['access_token'] as string;
    await desk.revoke('token', jwt);
    assert.equal(await active(jwt, 'rs-jwt'), false);
    const { tokens } = await person('of-a-refresh-token');
    assert.match(
      await desk.revoke('token', tokens.refreshToken),
      /^Revoked grant \S+\. Every token of that login/,
    );
    assert.equal(await active(tokens.accessToken), false);
    assert.equal(await refreshed(tokens), 400);
  });

  it('ends a grant, a session, an account', async () => {
    for (const level of ['grant', 'session', 'account'] as const) {
      const { tokens, ids } = await person(`of-a-${level}`);
      await desk.revoke(level, level === 'account' ? `of-a-${level}` : (ids[`${level}s`][0]?.id ?? ''));
      const signedOut = await tokens.login.visitor.get(`${issuer}/account`);
      assert.equal(signedOut.status === 200, level === 'grant', level);
      // An offline grant outlives the browser's login: that is what offline_access means.
      assert.equal(await active(tokens.accessToken), level === 'session', level);
      assert.equal(await refreshed(tokens), level === 'session' ? 200 : 400, level);
    }
  });

  it('ends a device: its tokens, not those of the same person elsewhere; a new login goes on', async () => {
    const { tokens, ids } = await person('of-a-device');
    const elsewhere = await signIn({ issuer, login: 'of-a-device' });
    await desk.revoke('device', ids.devices[0]?.id ?? '');
    assert.equal(await active(tokens.accessToken), false);
    assert.equal(await refreshed(tokens), 400);
    assert.equal(await active(elsewhere.accessToken), true);
    assert.equal(await refreshed(elsewhere), 200);
    const again = await signIn({ issuer, login: 'of-a-device' }, tokens.device);
    assert.equal(await active(again.accessToken), true);
  });

  it('ends a device whose tokens are JWTs', async () => {
    const wish = { issuer, login: 'of-a-jwt', resource: jwtGateway, scope: 'openid offline_access jwt:call' };
    const tokens = await signIn(wish);
    assert.equal(await active(tokens.accessToken, 'rs-jwt'), true);
    const shown = await desk.run('account show', { account: 'of-a-jwt' });
    const { devices } = (shown.ok ? shown.result : {}) as { devices?: { id: string }[] };
    await desk.revoke('device', devices?.[0]?.id ?? '');
    assert.equal(await active(tokens.accessToken, 'rs-jwt'), false);
    assert.equal(await refreshed(tokens), 400);
  });

  it('ends a key for good: whose it was learns so at the token endpoint, and loses no code by it', async () => {
    const { tokens } = await person('of-a-key');
    const code = await logIn({ issuer, login: 'of-a-key' });
    await desk.revoke('key', tokens.device.key.jkt);
    assert.equal(await active(tokens.accessToken), false);
    const told = {
      error: 'invalid_grant',
      error_description: 'the key was revoked: make a new one and sign in again',
    };
    for (const answer of [
      await refresh(issuer, tokens.refreshToken, tokens.device),
      await redeem(issuer, code, tokens.device),
      await clientCredentials(issuer, tokens.device),
    ]) {
      const { error, error_description } = answer.body;
      assert.deepEqual([answer.status, { error, error_description }], [400, told]);
    }
    assert.equal((await redeem(issuer, code, await Device.create())).status, 200);
    assert.equal((await desk.run('revoke', { level: 'key', name: tokens.device.key.jkt })).ok, false);
  });

  it('ends all of a client, which may get new tokens', async () => {
    const device = await Device.create();
    const issue = async () => (await clientCredentials(issuer, device)).body['access_token'] as string;
    const old = await issue();
    await desk.revoke('client', 'service');
    assert.equal(await active(old), false);
    assert.equal(await active(await issue()), true);
  });

  it('tells each as a security event, and says what was unknown', async () => {
    // Beside them an account was disabled, which is an event of its own.
    const levels = new Set(desk.told.flatMap((event) => (event as { what?: string }).what ?? []));
    assert.deepEqual([...levels].toSorted(), [
      'account',
      'client',
      'device',
      'grant',
      'key',
      'session',
      'token',
    ]);
    for (const level of ['token', 'grant', 'session', 'device', 'client', 'account']) {
      for (const name of ['nothing', 'a\0b', 'x.y.z']) {
        assert.equal((await desk.run('revoke', { level, name })).ok, false, `${level} ${name}`);
      }
    }
    const misspelt = await desk.run('revoke', { level: 'key', name: 'mine' });
    assert.equal(misspelt.ok ? '' : misspelt.error, 'usage');
  });

  describe('as it is typed', () => {
    const typed = async (...words: string[]) => {
      const ran: unknown[] = [];
      const program = createProgram({
        importAccounts: async () => {},
        version: '0',
        execute: async (...all: unknown[]) => void ran.push(all),
        standardInput: async () => 'hldf_at_secret\n',
      } as unknown as ProgramActions).configureOutput({ writeErr: () => {} });
      for (const command of program.commands) command.configureOutput({ writeErr: () => {} });
      await program.parseAsync(['node', 'holdfast', 'revoke', ...words]);
      return ran;
    };

    it('takes exactly one level, and a token by standard input', async () => {
      assert.deepEqual(await typed('--device', 'dev_1'), [['revoke', { level: 'device', name: 'dev_1' }]]);
      assert.deepEqual(await typed('--token', '-'), [['revoke', { level: 'token', name: 'hldf_at_secret' }]]);
      const all = { issued_before: '2026-11-22T08:00:00Z', confirmed: true };
      assert.deepEqual(await typed('--all', '--issued-before', all.issued_before, '--yes'), [
        ['revoke all', all],
      ]);
      for (const words of [
        [],
        ['--grant', 'a', '--key', 'b'],
        ['--all', '--grant', 'a'],
        ['--grant', 'a', '--issued-before', 'b'],
      ]) {
        await assert.rejects(typed(...words), /Say exactly one of --token|goes with --all/);
      }
    });
  });
});
