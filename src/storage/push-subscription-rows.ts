import type { AccountId } from '../accounts/account.js';
import type { PushSubscriptionId } from '../stepup/push-subscription.js';
import type { PushSubscriptionStore, SealedPushSubscription } from '../stepup/push-subscription-store.js';
import { statement } from './connection.js';
import type { Database } from './database.js';
import type { PushSubscriptionRow } from './entities/push-subscription-entity.js';
import { orUndefined } from './values.js';

// The owner's row is held, so that an account that is deleted meanwhile leaves none behind, and of several at once each
// counts those before it.
const put = statement(
  'push_subscription_put',
  `WITH owner AS (SELECT id, generation FROM account WHERE id = $2 FOR NO KEY UPDATE)
  INSERT INTO push_subscription
    (digest, account_id, account_generation, sealed_subscription, browser, created_at, last_delivered_at)
  SELECT $1::bytea, id, generation, $3::text, $4::text, $5::timestamptz, NULL FROM owner
  ON CONFLICT (digest) DO UPDATE SET
    account_id = excluded.account_id, account_generation = excluded.account_generation,
    sealed_subscription = excluded.sealed_subscription, browser = excluded.browser,
    created_at = excluded.created_at, last_delivered_at = NULL`,
);
const trim = statement(
  'push_subscription_trim',
  `DELETE FROM push_subscription p WHERE p.account_id = $1 AND (
    p.account_generation <> (SELECT generation FROM account WHERE id = $1)
    OR p.digest NOT IN (
      SELECT digest FROM push_subscription WHERE account_id = $1 ORDER BY created_at DESC, digest LIMIT $2))`,
);
const listOf = statement(
  'push_subscription_list_of',
  `SELECT p.* FROM push_subscription p
  JOIN account a ON a.id = p.account_id AND a.generation = p.account_generation
  WHERE p.account_id = $1 ORDER BY p.created_at DESC, p.digest`,
);
const remove = statement(
  'push_subscription_remove',
  'DELETE FROM push_subscription WHERE account_id = $1 AND digest = $2',
);
const deliver = statement(
  'push_subscription_deliver',
  'UPDATE push_subscription SET last_delivered_at = $2 WHERE digest = $1',
);

export class PushSubscriptionRows implements PushSubscriptionStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async put(subscription: SealedPushSubscription, most: number): Promise<void> {
    const { id, accountId, sealed, browser, createdAt } = subscription;
    await this.#database.run(async () => {
      await this.#database.query(put, [digestOf(id), accountId, sealed, browser, createdAt]);
      await this.#database.query(trim, [accountId, most]);
    });
  }

  async listOf(accountId: AccountId): Promise<readonly SealedPushSubscription[]> {
    const { rows } = await this.#database.query<PushSubscriptionRow>(listOf, [accountId]);
    return rows.map(fromRow);
  }

  async remove(accountId: AccountId, id: PushSubscriptionId): Promise<boolean> {
    const { rowCount } = await this.#database.query(remove, [accountId, digestOf(id)]);
    return rowCount === 1;
  }

  async recordDelivery(id: PushSubscriptionId, at: Date): Promise<void> {
    await this.#database.query(deliver, [digestOf(id), at]);
  }
}

function digestOf(id: PushSubscriptionId): Buffer {
  return Buffer.from(id, 'base64url');
}

function fromRow(row: PushSubscriptionRow): SealedPushSubscription {
  return {
    id: row.digest.toString('base64url') as PushSubscriptionId,
    accountId: row.account_id as AccountId,
    sealed: row.sealed_subscription,
    browser: orUndefined(row.browser),
    createdAt: row.created_at,
    lastDeliveredAt: orUndefined(row.last_delivered_at),
  };
}
