import { EntitySchema } from 'typeorm';
import { bytes, key, moment, text } from './columns.js';

export interface ExchangedTokenRow {
  digest: Buffer;
  client_id: string;
  key: string;
  expires_at: Date;
}

export const ExchangedTokenEntity = new EntitySchema<ExchangedTokenRow>({
  name: 'exchanged_token',
  columns: {
    digest: key('exchanged_token', bytes),
    client_id: text,
    key: text,
    expires_at: moment,
  },
  indices: [{ name: 'exchanged_token_expiry', columns: ['expires_at'] }],
});
