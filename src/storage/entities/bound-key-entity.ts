import { EntitySchema } from 'typeorm';
import { generation, key, moment, optional, text } from './columns.js';

/** A key that was revoked; of all others there is no row. */
export interface BoundKeyRow {
  thumbprint: string;
  generation: number;
  revoked_at: Date | null;
}

export const BoundKeyEntity = new EntitySchema<BoundKeyRow>({
  name: 'bound_key',
  columns: { thumbprint: key('bound_key', text), generation, revoked_at: optional(moment) },
});
