import { EntitySchema } from 'typeorm';
import { bigInteger, bytes, epoch, integer, key, moment, optional, text } from './columns.js';

export interface LegacyCredentialRow {
  digest: Buffer;
  resource: string;
  account_id: string;
  account_generation: number;
  epoch: number;
  prefix: string | null;
  label: string | null;
  imported_at: Date;
  ends_at: Date | null;
  revoked_at: Date | null;
  last_used_at: Date | null;
  calls: string;
  spent: string;
  day: string;
  spent_in_day: string;
}

export const LegacyCredentialEntity = new EntitySchema<LegacyCredentialRow>({
  name: 'legacy_credential',
  columns: {
    digest: key('legacy_credential', bytes),
    resource: text,
    account_id: text,
    account_generation: integer,
    epoch,
    prefix: optional(text),
    label: optional(text),
    imported_at: moment,
    ends_at: optional(moment),
    revoked_at: optional(moment),
    last_used_at: optional(moment),
    calls: bigInteger,
    spent: bigInteger,
    day: text,
    spent_in_day: bigInteger,
  },
  indices: [{ name: 'legacy_credential_account', columns: ['account_id'] }],
});

export interface LegacySpendingRow {
  resource: string;
  day: string;
  spent: string;
}

export const LegacySpendingEntity = new EntitySchema<LegacySpendingRow>({
  name: 'legacy_spending',
  columns: { resource: key('legacy_spending', text), day: key('legacy_spending', text), spent: bigInteger },
});
