import { EntitySchema } from 'typeorm';
import { bigInteger, key, text } from './columns.js';

export interface WouldRefuseRow {
  /** As `2026-11-23`. */
  day: string;
  resource: string;
  /** Here and below: empty where there is none. */
  tier: string;
  code: string;
  client_id: string;
  account_id: string;
  calls: string;
}

export const WouldRefuseEntity = new EntitySchema<WouldRefuseRow>({
  name: 'would_refuse',
  columns: {
    day: key('would_refuse', text),
    resource: key('would_refuse', text),
    tier: key('would_refuse', text),
    code: key('would_refuse', text),
    client_id: key('would_refuse', text),
    account_id: key('would_refuse', text),
    calls: bigInteger,
  },
  indices: [{ name: 'would_refuse_account', columns: ['account_id'] }],
});
