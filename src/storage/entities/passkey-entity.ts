import { EntitySchema } from 'typeorm';
import { bigInteger, boolean, bytes, integer, key, moment, optional, text, textArray } from './columns.js';

export interface PasskeyRow {
  credential_id: Buffer;
  account_id: string;
  public_key: Buffer;
  algorithm: number;
  sign_count: string;
  backup_eligible: boolean;
  backed_up: boolean;
  transports: string[];
  aaguid: string;
  name: string;
  created_at: Date;
  last_used_at: Date | null;
  made_by: string;
  step_up_from: Date | null;
  regressed_at: Date | null;
  backup_changed_at: Date | null;
  removed_at: Date | null;
  attested: boolean;
}

export const PasskeyEntity = new EntitySchema<PasskeyRow>({
  name: 'passkey',
  columns: {
    credential_id: key('passkey', bytes),
    account_id: text,
    public_key: bytes,
    algorithm: integer,
    sign_count: bigInteger,
    backup_eligible: boolean,
    backed_up: boolean,
    transports: textArray,
    aaguid: text,
    name: text,
    created_at: moment,
    last_used_at: optional(moment),
    made_by: { ...text, default: 'sign_up' },
    step_up_from: optional(moment),
    regressed_at: optional(moment),
    backup_changed_at: optional(moment),
    removed_at: optional(moment),
    attested: { ...boolean, default: false },
  },
  indices: [{ name: 'passkey_account', columns: ['account_id'] }],
});
