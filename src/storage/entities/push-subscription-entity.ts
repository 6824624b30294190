import { EntitySchema } from 'typeorm';
import { bytes, integer, key, moment, optional, text } from './columns.js';

export interface PushSubscriptionRow {
  digest: Buffer;
  account_id: string;
  account_generation: number;
  sealed_subscription: string;
  browser: string | null;
  created_at: Date;
  last_delivered_at: Date | null;
}

export const PushSubscriptionEntity = new EntitySchema<PushSubscriptionRow>({
  name: 'push_subscription',
  columns: {
    digest: key('push_subscription', bytes),
    account_id: text,
    account_generation: integer,
    sealed_subscription: text,
    browser: optional(text),
    created_at: moment,
    last_delivered_at: optional(moment),
  },
  indices: [{ name: 'push_subscription_account', columns: ['account_id'] }],
});
