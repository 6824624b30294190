import { EntitySchema } from 'typeorm';
import { bytes, key, moment, optional, text } from './columns.js';

export interface RecoveryCodeRow {
  digest: Buffer;
  account_id: string;
  made_at: Date;
  used_at: Date | null;
}

export const RecoveryCodeEntity = new EntitySchema<RecoveryCodeRow>({
  name: 'recovery_code',
  columns: {
    digest: key('recovery_code', bytes),
    account_id: text,
    made_at: moment,
    used_at: optional(moment),
  },
  indices: [{ name: 'recovery_code_account', columns: ['account_id'] }],
});
