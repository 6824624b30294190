import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { AccountId } from '../../src/accounts/account.js';
import { newPasskey } from '../../src/accounts/new-passkey.js';
import type { Passkey } from '../../src/accounts/passkey.js';
import { calendarDay } from '../../src/lib/calendar-day.js';
import type { PushSubscriptionId } from '../../src/stepup/push-subscription.js';
import { approvalRecord, approvalSubject } from '../support/approvals.js';
import { onEveryDatabase } from '../support/databases.js';
import { atOnce, deferred, successes } from '../support/parallel.js';
import { accessToken, account, refreshToken, storeFamily, unique } from '../support/records.js';

/** Short-lived rows that hold an account's id, which names nobody any more, until they expire. */
const expiring = ['access_token', 'refresh_token', 'webauthn_challenge', 'revocation'];

function passkeyOf(accountId: AccountId, createdAt: Date): Passkey {
  return newPasskey(
    {
      credentialId: randomBytes(32),
      publicKey: randomBytes(77),
      algorithm: -7,
      signCount: 0,
      backupEligible: true,
      backedUp: true,
      attested: false,
      aaguid: '00000000-0000-0000-0000-000000000000',
      transports: ['internal'],
    },
    { accountId, madeBy: 'sign_up', createdAt, stepUpFrom: undefined },
  );
}

onEveryDatabase('removing an account', (database) => {
  const now = () => new Date(database.clock.now());

  async function furnish() {
    const family = await storeFamily(database.storage, database.clock);
    const { accountId } = family;
    const email = `${unique('ada')}@example.com`;
    await database.storage.accounts.setEmail(accountId, email);
    const at = now();
    await database.storage.passkeys.insert(passkeyOf(accountId, at));
    await database.storage.recoveryCodes.replace(accountId, [randomBytes(32)], at);
    await database.storage.recoveries.insert(
      { id: unique('rec'), accountId, at, undoUntil: at, undoneAt: undefined },
      randomBytes(32),
    );
    await database.storage.upstreamIdentities.link({
      id: unique('idn'),
      accountId,
      issuer: 'https://upstream.example',
      subject: unique('sub'),
      providerName: 'Upstream',
      email,
      linkedAt: at,
      lastUsedAt: at,
    });
    await database.storage.exchanges.remember({
      grantId: family.grantId,
      accountId,
      clientId: family.clientId,
      key: unique('key'),
      subject: randomBytes(32),
      session: undefined,
      issuedAt: 0,
      expiresAt: at,
    });
    await database.storage.knownBrowsers.remember([randomBytes(32)], accountId, at);
    const approval = approvalRecord(approvalSubject(accountId, database.clock), database.clock);
    assert.equal(await database.storage.approvals.insert(approval, 0), true);
    await database.storage.pushSubscriptions.put(
      {
        id: randomBytes(32).toString('base64url') as PushSubscriptionId,
        accountId,
        sealed: 'sealed',
        browser: undefined,
        createdAt: at,
        lastDeliveredAt: undefined,
      },
      9,
    );
    const legacy = { digest: randomBytes(32), resource: 'https://m.example/', accountId };
    await database.storage.legacyCredentials.import([{ ...legacy, prefix: undefined, label: undefined }], at);
    const observed = { resource: 'https://m.example/', tier: 'premium', code: 'step_up_required', calls: 1 };
    await database.storage.observations.add([
      { ...observed, day: calendarDay(at.getTime()), clientId: 'app', accountId },
    ]);
    const event = { accountId, kind: 'signed_in', at, place: 'HK', browser: undefined, detail: {} } as const;
    await database.storage.accountEvents.insert({ id: unique('evt'), ...event });
    return { family, email };
  }

  async function tablesThatName(accountId: AccountId): Promise<string[]> {
    const tables = await database.sql<{ table_name: string }>(
      `SELECT c.table_name FROM information_schema.columns c JOIN pg_class p ON p.relname = c.table_name
       WHERE c.column_name = 'account_id' AND c.table_schema = 'public' AND NOT p.relispartition`,
    );
    const named = [];
    for (const { table_name: table } of tables) {
      const rows = await database.sql(`SELECT 1 FROM "${table}" WHERE account_id = $1 LIMIT 1`, [accountId]);
      if (rows.length > 0) named.push(table);
    }
    return named.toSorted();
  }

  it('leaves nothing of it but ids in rows that expire, and its address free again', async () => {
    const { family, email } = await furnish();
    const full = await tablesThatName(family.accountId);
    for (const table of [
      'account_event',
      'approval',
      'grant',
      'known_browser',
      'legacy_credential',
      'push_subscription',
      'passkey',
      'recovery',
      'recovery_code',
      'session',
      'would_refuse',
    ])
      assert.ok(full.includes(table), table);
    assert.equal(await database.storage.accounts.remove(family.accountId), true);
    const left = await tablesThatName(family.accountId);
    assert.deepEqual(
      left.filter((table) => !expiring.includes(table)),
      [],
    );
    assert.equal(await database.storage.accounts.find(family.accountId), undefined);
    assert.equal(await database.storage.accounts.findByEmail(email), undefined);
    assert.equal(await database.storage.accounts.insert(account(database.clock, { email })), 'inserted');
  });

  it('ends its tokens, its grant and its session with it, and lets none be made afterwards', async () => {
    const { family } = await furnish();
    const token = accessToken(database.clock, family);
    const refresh = refreshToken(database.clock, family);
    assert.equal(await database.storage.accessTokens.insert(token), true);
    assert.equal(await database.storage.refreshTokens.insert(refresh), true);
    await database.storage.accounts.remove(family.accountId);
    assert.equal((await database.storage.accessTokens.find(token.digest, token.bucket))?.alive, false);
    assert.equal((await database.storage.refreshTokens.find(refresh.digest))?.alive, false);
    assert.equal(await database.storage.grants.find(family.grantId), undefined);
    assert.equal(await database.storage.sessions.findByUid(family.sessionUid), undefined);
    assert.equal(await database.storage.accessTokens.insert(accessToken(database.clock, family)), false);
    assert.equal(await database.storage.refreshTokens.insert(refreshToken(database.clock, family)), false);
  });

  it('is done by one of many at once, and leaves none of the tokens that are made meanwhile alive', async () => {
    const { family } = await furnish();
    const made = Array.from({ length: 20 }, () => accessToken(database.clock, family));
    const removed: boolean[] = [];
    await atOnce(40, async (index) => {
      const token = made[index];
      if (token) await database.storage.accessTokens.insert(token);
      else removed.push(await database.storage.accounts.remove(family.accountId));
    });
    assert.equal(successes(removed), 1);
    const found = await Promise.all(
      made.map(({ digest, bucket }) => database.storage.accessTokens.find(digest, bucket)),
    );
    assert.deepEqual(
      found.filter((token) => token?.alive),
      [],
    );
  });

  it('lets nothing of it come back that is under way', async () => {
    for (let round = 0; round < 10; round += 1) {
      const { accountId } = (await furnish()).family;
      const { accounts, passkeys, recoveryCodes, accountEvents } = database.storage;
      const event = {
        accountId,
        kind: 'signed_in',
        at: now(),
        place: undefined,
        browser: undefined,
      } as const;
      await Promise.all([
        accounts.remove(accountId),
        ...Array.from({ length: 4 }, () => passkeys.insert(passkeyOf(accountId, now()))),
        recoveryCodes.replace(accountId, [randomBytes(32)], now()),
        accountEvents.insert({ ...event, id: unique('evt'), detail: {} }),
      ]);
      const left = await tablesThatName(accountId);
      assert.deepEqual(
        left.filter((table) => !expiring.includes(table)),
        [],
      );
    }
  });

  it('lets no browser become known to it that signs in while it goes', async () => {
    const { accountId } = (await furnish()).family;
    const { accounts, knownBrowsers, transaction } = database.storage;
    const gone = deferred<void>();
    const removal = transaction.run(async () => {
      await accounts.remove(accountId);
      gone.resolve();
      await wait(150);
    });
    await gone.promise;
    await knownBrowsers.remember([randomBytes(32)], accountId, now());
    await removal;
    assert.ok(!(await tablesThatName(accountId)).includes('known_browser'));
  });

  it('says so when there is none', async () => {
    assert.equal(await database.storage.accounts.remove(unique('acc') as AccountId), false);
  });
});
