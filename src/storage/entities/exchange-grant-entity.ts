import { EntitySchema } from 'typeorm';
import { bigInteger, bytes, key, moment, optional, text } from './columns.js';

export interface ExchangeGrantRow {
  grant_id: string;
  account_id: string;
  client_id: string;
  key: string;
  subject: Buffer;
  session: Buffer | null;
  issued_at: string;
  expires_at: Date;
}

export const ExchangeGrantEntity = new EntitySchema<ExchangeGrantRow>({
  name: 'exchange_grant',
  columns: {
    grant_id: key('exchange_grant', text),
    account_id: text,
    client_id: text,
    key: text,
    subject: bytes,
    session: optional(bytes),
    issued_at: bigInteger,
    expires_at: moment,
  },
  indices: [
    { name: 'exchange_grant_subject', columns: ['subject'] },
    { name: 'exchange_grant_session', columns: ['session'] },
    { name: 'exchange_grant_account', columns: ['account_id'] },
    { name: 'exchange_grant_expiry', columns: ['expires_at'] },
  ],
});
