import { EntitySchema } from 'typeorm';
import { bytes, json, key, moment } from './columns.js';

export interface DraftRow {
  bound_to: Buffer;
  holder: Buffer;
  facts: Record<string, unknown>;
  expires_at: Date;
}

export const DraftEntity = new EntitySchema<DraftRow>({
  name: 'draft',
  columns: { bound_to: key('draft', bytes), holder: bytes, facts: json, expires_at: moment },
  indices: [{ name: 'draft_expiry', columns: ['expires_at'] }],
});
