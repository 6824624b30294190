import { EntitySchema } from 'typeorm';
import { json, key, moment, optional, text } from './columns.js';

export interface AccountEventRow {
  id: string;
  account_id: string;
  kind: string;
  at: Date;
  place: string | null;
  browser: string | null;
  detail: Record<string, string | number | boolean>;
}

export const AccountEventEntity = new EntitySchema<AccountEventRow>({
  name: 'account_event',
  columns: {
    id: key('account_event', text),
    account_id: text,
    kind: text,
    at: moment,
    place: optional(text),
    browser: optional(text),
    detail: json,
  },
  indices: [
    { name: 'account_event_account', columns: ['account_id', 'at'] },
    { name: 'account_event_age', columns: ['at'] },
  ],
});
