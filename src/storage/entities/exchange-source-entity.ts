import { EntitySchema } from 'typeorm';
import { bigInteger, bytes, key, moment, optional } from './columns.js';

export interface ExchangeSourceRow {
  digest: Buffer;
  ended_at: string | null;
  expires_at: Date;
}

export const ExchangeSourceEntity = new EntitySchema<ExchangeSourceRow>({
  name: 'exchange_source',
  columns: {
    digest: key('exchange_source', bytes),
    ended_at: optional(bigInteger),
    expires_at: moment,
  },
  indices: [{ name: 'exchange_source_expiry', columns: ['expires_at'] }],
});
