import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { createDeviceSessions } from '../../src/dbsc/index.js';
import { appOrigin, BoundBrowser, boundApp } from '../support/bound-app.js';

/** Who is signed in, and bound, at an app that uses `holdfast/dbsc`; and a thief with all her cookies and a key of his own. */
async function robbery() {
  const app = boundApp();
  const victim = await BoundBrowser.open(app.server);
  assert.equal((await victim.signIn()).status, 200);
  return { ...app, victim, thief: await victim.robbed() };
}

const offered = (header: string | null) => /challenge="([^"]+)"/.exec(header ?? '')?.[1] ?? '';

describe('an app’s session whose cookies were stolen', () => {
  it('is of no use once the bound cookie is over', async () => {
    const { clock, thief, victim } = await robbery();
    clock.advance(599);
    assert.equal(await (await thief.send('/')).text(), 'bound');
    clock.advance(1);
    assert.equal((await thief.send('/')).status, 401);
    assert.equal((await victim.refresh()).status, 200);
    assert.equal(await (await victim.send('/')).text(), 'bound');
  });

  it('is of no use beside the bound cookie of the thief’s own session', async () => {
    const { server, clock, thief } = await robbery();
    const own = await BoundBrowser.open(server);
    clock.advance(11);
    await own.signIn();
    thief.cookies.set('__Host-bound', own.cookies.get('__Host-bound') ?? '');
    assert.equal((await thief.send('/')).status, 401);
  });

  it('is not renewed by the thief’s key, or by what the victim signed before', async () => {
    const { clock, thief, victim } = await robbery();
    assert.equal((await thief.refresh()).status, 403);
    const proofs = [];
    for (let turn = 0; turn < 2; turn += 1) {
      proofs.push(await victim.sign({ jti: victim.challenge }));
      assert.equal((await victim.tryRefresh(proofs[turn])).status, 200);
    }
    assert.equal((await thief.tryRefresh(proofs[0])).status, 403);
    clock.advance(31);
    assert.equal((await thief.tryRefresh(proofs[1])).status, 403);
    assert.equal((await victim.refresh()).status, 200);
  });

  it('tells of the attempt', async () => {
    const { thief, events } = await robbery();
    await thief.refresh();
    const [, told] = events;
    assert.ok(told?.kind === 'refresh_refused');
    assert.deepEqual([told.sessionId, told.refusal.code], [thief.sessionId, 'device_proof_invalid']);
  });

  it('is not bound a second time, by whatever offer', async () => {
    const { server, thief, victim } = await robbery();
    assert.equal((await thief.register(victim.challenge)).status, 400);
    const own = await BoundBrowser.open(server);
    const login = await own.send('/login', { method: 'POST' });
    const challenge = offered(login.headers.get('secure-session-registration'));
    assert.equal((await own.register(challenge)).status, 200);
    // He saw the very offer, and comes second.
    const late = await own.robbed();
    assert.equal((await late.register(challenge)).status, 400);
    assert.equal((await own.register(challenge)).status, 200);
  });

  it('is not bound by what was offered to another', async () => {
    const { server } = boundApp();
    const [victim, own] = [await BoundBrowser.open(server), await BoundBrowser.open(server)];
    await victim.send('/login', { method: 'POST' });
    const login = await own.send('/login', { method: 'POST' });
    const challenge = offered(login.headers.get('secure-session-registration'));
    assert.equal((await (await victim.robbed()).register(challenge)).status, 400);
  });

  it('is not bound by an offer that nobody made', async () => {
    const { server } = boundApp();
    const victim = await BoundBrowser.open(server);
    await victim.send('/login', { method: 'POST' });
    const own = await BoundBrowser.open(server);
    const login = await own.send('/login', { method: 'POST' });
    const parts = offered(login.headers.get('secure-session-registration')).split('.');
    parts[1] = createHash('sha256')
      .update(victim.cookies.get('sid') ?? '')
      .digest('base64url');
    own.cookies.clear();
    assert.equal((await own.register(parts.join('.'))).status, 400);
  });

  it('is not bound by whoever comes a minute after the login', async () => {
    const { server, clock } = boundApp();
    const victim = await BoundBrowser.open(server);
    const login = await victim.send('/login', { method: 'POST' });
    const thief = await victim.robbed();
    clock.advance(60);
    const challenge = offered(login.headers.get('secure-session-registration'));
    assert.equal((await thief.register(challenge)).status, 400);
  });

  it('does nothing that wants the device itself, even with a bound cookie that is good', async () => {
    const { clock, thief } = await robbery();
    clock.advance(121);
    assert.equal(await (await thief.send('/')).text(), 'bound');
    const away = await thief.send('/pay');
    assert.equal(away.status, 307);
    assert.equal((await thief.send('/pay')).status, 401);
  });

  it('opens no path beside those that are excluded', async () => {
    const { clock, thief } = await robbery();
    clock.advance(601);
    for (const path of ['/static/%2e%2e%2fpay', '/static//pay', '/staticpay']) {
      assert.equal((await thief.send(path)).status, 401, path);
    }
  });
});

describe('a session that is to be held by the provider’s key', () => {
  it('is held by no other, which malware made at the login', async () => {
    const devices = createDeviceSessions({ origin: appOrigin, key: Buffer.alloc(32, 1) });
    const malware = await BoundBrowser.open(async () => new Response());
    const shared = { key: 'thumbprint-of-the-provider', sessionId: 's', url: 'https://login.example' };
    const register = async (header: string) => {
      const proof = await malware.proofOfRegistration(offered(header));
      return (await devices.register({ session: 'sid', header: () => proof })).status;
    };
    assert.equal(await register(devices.offer('sid', shared)), 400);
    assert.equal(await register(devices.offer('sid')), 200);
  });
});
