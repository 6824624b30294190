import assert from 'node:assert/strict';
import { setTimeout as wait } from 'node:timers/promises';
import { decodeJwt } from 'jose';
import { AccountVisitor, noHold } from '../support/account-visitor.js';
import { callback, secretOf, testClients } from '../support/clients.js';
import { type Holdfast, startHoldfast } from '../support/harness.js';
import { listen, type Listener } from '../support/listener.js';
import { logIn } from '../support/login.js';

/** OpenID Connect Back-Channel Logout: apps with sessions of their own learn that hers are over. */
describe('an app whose person cuts it off at her account', () => {
  let app: Listener;
  let holdfast: Holdfast;
  before(async () => {
    app = await listen();
    const told = {
      client_id: 'told',
      client_secret: secretOf('told'),
      redirect_uris: [callback],
      grant_types: ['authorization_code'],
      response_types: ['code'],
      backchannel_logout_uri: `${app.url}/logout`,
      backchannel_logout_session_required: true,
    };
    holdfast = await startHoldfast({
      ...noHold,
      clients: [...testClients, told],
      dangerously_allow_private_network_fetch: true,
    });
  });
  beforeEach(() => app.bodies.splice(0));
  after(async () => {
    await holdfast.close();
    await app.close();
  });

  async function connected(): Promise<AccountVisitor> {
    const person = await AccountVisitor.settled(holdfast);
    const { issuer } = holdfast;
    const { login, visitor } = person;
    await logIn({ issuer, login, visitor, clientId: 'told', scope: 'openid', resource: undefined });
    return person;
  }

  const endings: Record<string, (person: AccountVisitor) => Promise<unknown>> = {
    'a browser is signed out': async (person) => {
      const [session = ''] = await person.sessionUids();
      await person.send('/account/sessions/cut-off', { session });
    },
    'its device is cut off': async (person) => {
      const [id = ''] = await person.deviceIds();
      await person.send(`/account/devices/${id}/cut-off`);
    },
    'everything is locked': (person) => person.send('/account/lock'),
    'the account is deleted': (person) => person.change('/account/delete', 'delete_account'),
  };
  for (const [name, end] of Object.entries(endings)) {
    it(`is told when ${name}`, async () => {
      const person = await connected();
      const { id } = await person.account();
      await end(person);
      for (let tries = 0; app.bodies.length === 0 && tries < 100; tries += 1) await wait(20);
      assert.equal(app.bodies.length, 1);
      const token = new URLSearchParams(app.bodies[0]).get('logout_token') ?? '';
      const { sub, sid, aud } = decodeJwt(token);
      assert.deepEqual([sub, aud], [id, 'told']);
      assert.ok(sid);
    });
  }

  it('is not told by somebody else, who can’t end it', async () => {
    const owner = await connected();
    const [session = ''] = await owner.sessionUids();
    const thief = await AccountVisitor.settled(holdfast);
    await thief.send('/account/sessions/cut-off', { session });
    await thief.send('/account/lock');
    assert.equal(await owner.isSignedIn(), true);
    assert.deepEqual(app.bodies, []);
  });
});
