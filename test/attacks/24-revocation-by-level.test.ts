import assert from 'node:assert/strict';
import type { AccountId } from '../../src/accounts/account.js';
import { decodeJwt } from 'jose';
import { secretOf, testClients } from '../support/clients.js';
import { basic, postForm } from '../support/device.js';
import { type Holdfast, startHoldfast } from '../support/harness.js';
import { introspect, signIn } from '../support/login.js';
import { unique } from '../support/records.js';

const desk = {
  client_id: 'security-desk',
  client_secret: secretOf('security-desk'),
  grant_types: [],
  response_types: [],
  redirect_uris: [],
  may_revoke: ['session', 'device'],
};
const sessions = { ...desk, client_id: 'sessions-desk', client_secret: secretOf('sessions-desk') };

/* Threat 24: who may end by its id what hangs on a person, and who may not. */
describe('revoking by level at /revoke', () => {
  let holdfast: Holdfast;
  before(async () => {
    holdfast = await startHoldfast({
      clients: [...testClients, desk, { ...sessions, may_revoke: ['session'] }],
    });
  });
  after(() => holdfast.close());

  const post = (client: string, form: Record<string, string>) =>
    postForm({ url: `${holdfast.issuer}/revoke`, form, headers: basic(client, secretOf(client)) });
  const active = async (token: string) => (await introspect(holdfast.issuer, token)).body['active'];

  async function person() {
    const tokens = await signIn({
      issuer: holdfast.issuer,
      login: unique('ada'),
      scope: 'openid model:call',
    });
    const accountId = decodeJwt(tokens.idToken).sub as AccountId;
    const [device] = await holdfast.storage.devices.listOf(accountId);
    const now = { at: new Date(holdfast.clock.now()), idleSeconds: 3600, unboundSeconds: 3600 };
    const [session] = await holdfast.storage.sessions.listOf(accountId, now);
    return { token: tokens.accessToken, device: device?.id ?? '', session: session?.uid ?? '' };
  }

  it('ends a session or a device for a client that the operator lets do so', async () => {
    for (const level of ['session', 'device'] as const) {
      const ada = await person();
      assert.equal(await active(ada.token), true);
      assert.equal((await post('security-desk', { level, id: ada[level] })).status, 200);
      assert.equal(await active(ada.token), false, level);
      assert.equal((await post('security-desk', { level, id: ada[level] })).status, 200, 'ended already');
    }
  });

  it('ends nothing for any other client, nor another level, nor beside a token', async () => {
    const ada = await person();
    const { device, session, token } = ada;
    const tries: [client: string, form: Record<string, string>, error: string][] = [
      ['web', { level: 'session', id: session }, 'unauthorized_client'],
      ['service', { level: 'device', id: device }, 'unauthorized_client'],
      ['sessions-desk', { level: 'device', id: device }, 'unauthorized_client'],
      ['security-desk', { level: 'account', id: 'acc_x' }, 'invalid_request'],
      ['security-desk', { level: 'session' }, 'invalid_request'],
      ['security-desk', { level: 'session', id: session, token }, 'invalid_request'],
    ];
    for (const [client, form, error] of tries) {
      const answer = await post(client, form);
      assert.deepEqual([answer.status, answer.body['error']], [400, error], JSON.stringify([client, form]));
    }
    assert.equal(await active(token), true);
  });

  it('tells nobody by its answer what there is', async () => {
    const { session } = await person();
    const [known, unknown] = [
      await post('security-desk', { level: 'session', id: session }),
      await post('security-desk', { level: 'session', id: 'nothing-of-that-name' }),
    ];
    assert.deepEqual([known.status, known.body], [unknown.status, unknown.body]);
  });
});
