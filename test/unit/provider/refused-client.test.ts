import assert from 'node:assert/strict';
import { errors } from 'oidc-provider';
import { clientFacts } from '../../../src/provider/client-facts.js';
import { logoutNotices } from '../../../src/provider/logout-notices.js';
import type { Provider } from '../../../src/provider/provider-route.js';

/** A client that was registered before a rule that refuses it. */
describe('a client whose metadata are refused by now', () => {
  const refusal = new errors.InvalidClientMetadata('redirect_uris must be https');
  const told: string[] = [];
  const sound = {
    backchannelLogoutUri: 'https://sound.example/logout',
    backchannelLogout: async (_accountId: string, sid: string) => void told.push(sid),
  };
  const find = async (clientId: string): Promise<unknown> => {
    if (clientId === 'refused') throw refusal;
    if (clientId === 'unreadable') throw new Error('the database is away');
    return sound;
  };
  const session = { accountId: 'acc_1', authorizations: { refused: { sid: 'one' }, sound: { sid: 'two' } } };
  const provider = {
    Client: { find },
    Session: { findByUid: async () => session },
  } as unknown as Provider;

  it('keeps nobody from signing out, and no other app from hearing of it', async () => {
    const failures: unknown[] = [];
    const send = await logoutNotices(provider, ['session'], (error) => failures.push(error));
    send();
    assert.deepEqual(failures, [refusal]);
    assert.deepEqual(told, ['two']);
  });

  it('is still shown by its id, so that it can be cut off', async () => {
    assert.deepEqual(await clientFacts(provider, 'refused'), { name: 'refused', host: undefined });
  });

  it('is not what a fault of ours is taken for', async () => {
    await assert.rejects(clientFacts(provider, 'unreadable'), /the database is away/);
  });
});
