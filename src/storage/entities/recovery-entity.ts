import { EntitySchema } from 'typeorm';
import { bytes, key, moment, optional, text } from './columns.js';

export interface RecoveryRow {
  id: string;
  account_id: string;
  undo_digest: Buffer;
  at: Date;
  undo_until: Date;
  undone_at: Date | null;
}

export const RecoveryEntity = new EntitySchema<RecoveryRow>({
  name: 'recovery',
  columns: {
    id: key('recovery', text),
    account_id: text,
    undo_digest: bytes,
    at: moment,
    undo_until: moment,
    undone_at: optional(moment),
  },
  indices: [
    { name: 'recovery_undo', columns: ['undo_digest'], unique: true },
    { name: 'recovery_account', columns: ['account_id'] },
    { name: 'recovery_expiry', columns: ['undo_until'] },
  ],
});
