import { EntitySchema } from 'typeorm';
import { bigInteger, bytes, epoch, integer, json, key, moment, optional, text } from './columns.js';

export interface RefreshTokenRow {
  digest: Buffer;
  client_id: string;
  account_id: string;
  grant_id: string;
  session_uid: string | null;
  jkt: string | null;
  certificate: string | null;
  issued_at: string;
  expires_at: string;
  payload: Record<string, unknown>;
  client_generation: number;
  account_generation: number;
  grant_generation: number;
  session_generation: number | null;
  device_id: string | null;
  device_generation: number | null;
  key_generation: number | null;
  epoch: number;
  consumed_at: Date | null;
  sealed_successor: string | null;
}

export const RefreshTokenEntity = new EntitySchema<RefreshTokenRow>({
  name: 'refresh_token',
  columns: {
    digest: key('refresh_token', bytes),
    client_id: text,
    account_id: text,
    grant_id: text,
    session_uid: optional(text),
    jkt: optional(text),
    certificate: optional(text),
    issued_at: bigInteger,
    expires_at: bigInteger,
    payload: json,
    client_generation: integer,
    account_generation: integer,
    grant_generation: integer,
    session_generation: optional(integer),
    device_id: optional(text),
    device_generation: optional(integer),
    key_generation: optional(integer),
    epoch,
    consumed_at: optional(moment),
    sealed_successor: optional(text),
  },
  indices: [{ name: 'refresh_token_expiry', columns: ['expires_at'] }],
});
