import assert from 'node:assert/strict';
import { Device, postForm, type Answer } from '../support/device.js';
import { startHoldfast, type Holdfast } from '../support/harness.js';
import { introspect, refresh, signIn } from '../support/login.js';
import { atOnce } from '../support/parallel.js';
import { eventsDuring } from '../support/security-events.js';

/** Whoever presents a refresh token: its owner twice, at once, too late; and a thief. */
describe('threat 31: a refresh token raced and stolen', () => {
  let holdfast: Holdfast;
  let issuer: string;
  before(async () => {
    holdfast = await startHoldfast();
    ({ issuer } = holdfast);
  });
  after(() => holdfast.close());
  afterEach(() => holdfast.clock.reset());

  const successorOf = (answer: Answer) => answer.body['refresh_token'] as string;
  const accessOf = (answer: Answer) => answer.body['access_token'] as string;
  const activeAt = async (token: string) => (await introspect(issuer, token)).body['active'];

  function refused(answer: Answer): void {
    assert.deepEqual(
      [answer.status, answer.body['error']],
      [400, 'invalid_grant'],
      JSON.stringify(answer.body),
    );
  }

  it('gives 25 tabs that refresh at once one and the same successor, and one family lives', async () => {
    const { device, refreshToken } = await signIn({ issuer });
    await refresh(issuer, 'hldf_rt_nothing', device); // learns the nonce
    const answers = await atOnce(25, () => refresh(issuer, refreshToken, device));
    assert.deepEqual([...new Set(answers.map(({ status }) => status))], [200]);
    const successors = new Set(answers.map(successorOf));
    assert.equal(successors.size, 1);
    const [successor = ''] = successors;
    assert.notEqual(successor, refreshToken);
    assert.equal((await refresh(issuer, successor, device)).status, 200);
  });

  it('gives the same successor again to the same key within ten seconds, for a reply that was lost', async () => {
    const { device, refreshToken } = await signIn({ issuer });
    const first = await refresh(issuer, refreshToken, device);
    holdfast.clock.advance(9);
    const again = await refresh(issuer, refreshToken, device);
    assert.equal(again.status, 200, JSON.stringify(again.body));
    assert.equal(successorOf(again), successorOf(first));
    assert.notEqual(accessOf(again), accessOf(first));
  });

  it('ends the family when a used token comes back later, and tells', async () => {
    const { device, refreshToken, accessToken } = await signIn({ issuer });
    const first = await refresh(issuer, refreshToken, device);
    holdfast.clock.advance(11);
    const told = await eventsDuring(holdfast, 'refresh_token_reused', async () =>
      refused(await refresh(issuer, refreshToken, device)),
    );
    assert.equal(told.length, 1);
    for (const token of [accessToken, accessOf(first)]) assert.equal(await activeAt(token), false);
    refused(await refresh(issuer, successorOf(first), device));
  });

  it('does not hand the successor to another key, not even within the grace', async () => {
    const { device, refreshToken } = await signIn({ issuer });
    const first = await refresh(issuer, refreshToken, device);
    const answer = await refresh(issuer, refreshToken, await Device.create());
    refused(answer);
    assert.ok(!JSON.stringify(answer.body).includes(successorOf(first)));
  });

  it('refuses a thief who has the token and another key, tells, and leaves the owner alone', async () => {
    const { device, refreshToken } = await signIn({ issuer });
    const thief = await Device.create();
    const told = await eventsDuring(holdfast, 'refresh_token_wrong_key', async () =>
      refused(await refresh(issuer, refreshToken, thief)),
    );
    assert.equal(told.length, 1);
    assert.equal((await refresh(issuer, refreshToken, device)).status, 200);
  });

  it('refuses a thief who has the token and shows the key of its owner, without having it', async () => {
    const { device, refreshToken } = await signIn({ issuer });
    await refresh(issuer, 'hldf_rt_nothing', device); // learns the nonce
    const [header = '', claims = ''] = (await device.proof('POST', `${issuer}/token`)).split('.');
    const forged = (await (await Device.create()).proof('POST', `${issuer}/token`)).split('.')[2] ?? '';
    const form = { grant_type: 'refresh_token', refresh_token: refreshToken, client_id: 'spa' };
    const answer = await postForm({ url: `${issuer}/token`, form }, [header, claims, forged].join('.'));
    assert.deepEqual([answer.status, answer.body['error']], [400, 'invalid_dpop_proof']);
    assert.equal((await refresh(issuer, refreshToken, device)).status, 200);
  });

  it('refuses the token to another client, whatever its key', async () => {
    const { device, refreshToken } = await signIn({ issuer, clientId: 'web' });
    for (const other of ['spa', 'fapi']) refused(await refresh(issuer, refreshToken, device, other));
    assert.equal((await refresh(issuer, refreshToken, device, 'web')).status, 200);
  });

  it('binds the tokens of confidential clients to the key as well', async () => {
    const { refreshToken } = await signIn({ issuer, clientId: 'web' });
    refused(await refresh(issuer, refreshToken, await Device.create(), 'web'));
  });

  it('lets a confidential client with a key per node use another, if it registered so (RFC 9449 §5)', async () => {
    const { refreshToken } = await signIn({ issuer, clientId: 'cluster' });
    const node = await Device.create();
    const answer = await refresh(issuer, refreshToken, node, 'cluster');
    assert.equal(answer.status, 200, JSON.stringify(answer.body));
    const seen = await introspect(issuer, accessOf(answer));
    assert.deepEqual(seen.body['cnf'], { jkt: node.key.jkt });
    assert.equal((await refresh(issuer, successorOf(answer), await Device.create(), 'cluster')).status, 200);
  });

  it('does not rotate for a client that registered so (FAPI 2.0 §5.3.2.1)', async () => {
    const { device, refreshToken } = await signIn({ issuer, clientId: 'fapi' });
    const answers = await atOnce(5, () => refresh(issuer, refreshToken, device, 'fapi'));
    for (const answer of answers) {
      assert.equal(answer.status, 200, JSON.stringify(answer.body));
      assert.equal(successorOf(answer), refreshToken);
    }
  });

  it('never widens the scope', async () => {
    const { device, refreshToken } = await signIn({ issuer, scope: 'openid offline_access model:read' });
    const wider = await refresh(issuer, refreshToken, device, 'spa', { scope: 'model:read model:call' });
    assert.deepEqual([wider.status, wider.body['error']], [400, 'invalid_scope']);
    const narrowed = await refresh(issuer, refreshToken, device, 'spa', { scope: 'model:read' });
    assert.equal(narrowed.body['scope'], 'model:read');
  });

  it('keeps the time and strength of the login through every refresh', async () => {
    const tokens = await signIn({ issuer, acr: 'urn:holdfast:acr:phr' });
    const before_ = (await introspect(issuer, tokens.accessToken)).body;
    holdfast.clock.advance(120);
    const later = await refresh(issuer, tokens.refreshToken, tokens.device);
    const after_ = (await introspect(issuer, accessOf(later))).body;
    assert.equal(after_['auth_time'], before_['auth_time']);
    assert.equal(after_['acr'], 'urn:holdfast:acr:phr');
    assert.ok((after_['iat'] as number) >= (before_['iat'] as number) + 120);
  });

  it('ends with the grant, however often it is refreshed', async () => {
    const short = await startHoldfast({ lifetimes: { grant: 600, refresh_token: 600 } });
    try {
      const { device, refreshToken } = await signIn({ issuer: short.issuer });
      short.clock.advance(550);
      const answer = await refresh(short.issuer, refreshToken, device);
      assert.equal(answer.status, 200, JSON.stringify(answer.body));
      short.clock.advance(100);
      refused(await refresh(short.issuer, successorOf(answer), device));
    } finally {
      await short.close();
    }
  });
});
