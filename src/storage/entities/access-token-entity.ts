import { EntitySchema } from 'typeorm';
import {
  bigInteger,
  bytes,
  epoch,
  integer,
  json,
  key,
  moment,
  optional,
  text,
  textArray,
} from './columns.js';

export interface AccessTokenRow {
  digest: Buffer;
  bucket: number;
  kind: string;
  format: string;
  client_id: string;
  account_id: string | null;
  grant_id: string | null;
  session_uid: string | null;
  jkt: string | null;
  certificate: string | null;
  scope: string | null;
  audience: string | null;
  acr: string | null;
  amr: string[] | null;
  auth_time: string | null;
  issued_at: string;
  expires_at: string;
  payload: Record<string, unknown>;
  /** What the insert read of each: the token lives while all are still the same. */
  client_generation: number;
  account_generation: number | null;
  grant_generation: number | null;
  session_generation: number | null;
  device_id: string | null;
  device_generation: number | null;
  key_generation: number | null;
  epoch: number;
  revoked_at: Date | null;
}

export const AccessTokenEntity = new EntitySchema<AccessTokenRow>({
  name: 'access_token',
  columns: {
    digest: key('access_token', bytes),
    bucket: key('access_token', integer),
    kind: text,
    format: text,
    client_id: text,
    account_id: optional(text),
    grant_id: optional(text),
    session_uid: optional(text),
    jkt: optional(text),
    certificate: optional(text),
    scope: optional(text),
    audience: optional(text),
    acr: optional(text),
    amr: optional(textArray),
    auth_time: optional(bigInteger),
    issued_at: bigInteger,
    expires_at: bigInteger,
    payload: json,
    client_generation: integer,
    account_generation: optional(integer),
    grant_generation: optional(integer),
    session_generation: optional(integer),
    device_id: optional(text),
    device_generation: optional(integer),
    key_generation: optional(integer),
    epoch,
    revoked_at: optional(moment),
  },
});
