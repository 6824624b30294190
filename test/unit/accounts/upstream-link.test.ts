import assert from 'node:assert/strict';
import type { AccountId } from '../../../src/accounts/account.js';
import type { ConfirmableAction } from '../../../src/accounts/confirmation.js';
import type { UpstreamIdentity } from '../../../src/accounts/upstream-identity.js';
import type { UpstreamIdentityStore } from '../../../src/accounts/upstream-identity-store.js';
import { UpstreamLinkService } from '../../../src/accounts/upstream-link-service.js';
import { systemRandom } from '../../../src/lib/random.js';
import { PasskeyDesk, refusalOf, relyingParty, valueOf } from '../../support/passkey-desk.js';

const never = () => Promise.reject(new Error('nothing here needs this'));

async function desk() {
  const people = new PasskeyDesk();
  const authenticator = people.authenticator();
  const { accountId } = await people.register(authenticator);
  const at = new Date(people.clock.now());
  const identity: UpstreamIdentity = {
    id: 'idn_1',
    issuer: 'https://up.test',
    subject: 'sub-1',
    accountId,
    providerName: 'Acme',
    email: 'ada@example.test',
    linkedAt: at,
    lastUsedAt: at,
  };
  const linked = new Map([[identity.id, identity]]);
  const last = { way: false };
  const told: unknown[] = [];
  const identities: UpstreamIdentityStore = {
    find: never,
    link: never,
    recordUse: never,
    listOf: async (id) => [...linked.values()].filter((each) => each.accountId === id),
    unlink: async (_, id, usable) => {
      assert.deepEqual(usable, ['https://up.test']);
      if (last.way) return 'last_way_in';
      return linked.delete(id) ? 'unlinked' : 'unknown';
    },
  };
  const links = new UpstreamLinkService({
    issuers: ['https://up.test'],
    relyingParty,
    meetings: { look: never, take: never },
    confirmations: people.confirmation,
    identities,
    transaction: people.stores.transaction,
    news: { tell: async (id, news) => void told.push({ id, ...news }) },
    events: { identityLinked: () => {}, identityUnlinked: () => {} },
    clock: people.clock,
    random: systemRandom,
  });
  const confirm = async (action: ConfirmableAction, target: string) => {
    const subject = { accountId, sessionUid: 'session', action, target };
    const options = valueOf(await people.confirmation.begin(subject));
    return valueOf(await people.confirmation.finish(subject, authenticator.assert(options)));
  };
  return { links, accountId, identity, last, told, confirm };
}

describe('unlinking an identity', () => {
  it('takes it away by a confirmation of just that, and tells its owner by mail', async () => {
    const { links, accountId, identity, told, confirm } = await desk();
    assert.deepEqual(await links.list(accountId), [identity]);
    const confirmation = await confirm('unlink_identity', identity.id);
    assert.deepEqual(valueOf(await links.unlink(accountId, identity.id, confirmation)), identity);
    assert.deepEqual(await links.list(accountId), []);
    const values = { provider: 'Acme' };
    const letter = { kind: 'identity_unlinked', values };
    assert.deepEqual(told, [{ id: accountId, kind: 'identity_unlinked', detail: values, letter }]);
  });

  it('takes nothing away by the confirmation of something else', async () => {
    const { links, accountId, identity, confirm } = await desk();
    for (const [action, target] of [
      ['unlink_identity', 'idn_2'],
      ['link_identity', identity.id],
    ] as const) {
      await assert.rejects(links.unlink(accountId, identity.id, await confirm(action, target)));
    }
    const confirmation = await confirm('unlink_identity', identity.id);
    await assert.rejects(links.unlink('acc_other' as AccountId, identity.id, confirmation));
    assert.equal((await links.list(accountId)).length, 1);
  });

  it('refuses the last way in, and what is not there', async () => {
    const { links, accountId, identity, last, told, confirm } = await desk();
    last.way = true;
    const confirmation = await confirm('unlink_identity', identity.id);
    const refused = refusalOf(await links.unlink(accountId, identity.id, confirmation));
    assert.match(refused, /^identity_last_way_in/);
    const other = await confirm('unlink_identity', 'idn_2');
    assert.match(refusalOf(await links.unlink(accountId, 'idn_2', other)), /^identity_gone/);
    assert.deepEqual(told, []);
  });
});
