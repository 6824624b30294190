import { EntitySchema } from 'typeorm';
import { bigInteger, bytes, integer, key, text } from './columns.js';

export interface KnownBrowserRow {
  digest: Buffer;
  account_id: string;
  account_generation: number;
  expires_at: string;
}

export const KnownBrowserEntity = new EntitySchema<KnownBrowserRow>({
  name: 'known_browser',
  columns: {
    digest: key('known_browser', bytes),
    account_id: text,
    account_generation: integer,
    expires_at: bigInteger,
  },
  indices: [
    { name: 'known_browser_account', columns: ['account_id'] },
    { name: 'known_browser_expiry', columns: ['expires_at'] },
  ],
});
