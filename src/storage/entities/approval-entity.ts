import { EntitySchema } from 'typeorm';
import { bigInteger, bytes, integer, json, key, moment, optional, text } from './columns.js';

export interface ApprovalRow {
  id: string;
  account_id: string;
  account_generation: number;
  client_id: string;
  jkt: string;
  resource: string | null;
  spend_limit: string | null;
  call_limit: number | null;
  expires_at: string;
  subject: Record<string, unknown>;
  signed: string;
  credential_id: Buffer;
  public_key: Buffer;
  authenticator_data: Buffer;
  client_data_json: Buffer;
  signature: Buffer;
  rp_id: string;
  origin: string;
  created_at: Date;
  revoked_at: Date | null;
  spent: string;
  calls: number;
}

export const ApprovalEntity = new EntitySchema<ApprovalRow>({
  name: 'approval',
  columns: {
    id: key('approval', text),
    account_id: text,
    account_generation: integer,
    client_id: text,
    jkt: text,
    resource: optional(text),
    spend_limit: optional(bigInteger),
    call_limit: optional(integer),
    expires_at: bigInteger,
    subject: json,
    signed: text,
    credential_id: bytes,
    public_key: bytes,
    authenticator_data: bytes,
    client_data_json: bytes,
    signature: bytes,
    rp_id: text,
    origin: text,
    created_at: moment,
    revoked_at: optional(moment),
    spent: { ...bigInteger, default: 0 },
    calls: { ...integer, default: 0 },
  },
  indices: [
    { name: 'approval_account', columns: ['account_id', 'created_at'] },
    { name: 'approval_age', columns: ['created_at'] },
  ],
});
