import { EntitySchema } from 'typeorm';
import {
  bigInteger,
  bytes,
  epoch,
  generation,
  integer,
  json,
  key,
  moment,
  optional,
  text,
} from './columns.js';

export interface SessionRow {
  uid: string;
  digest: Buffer;
  account_id: string | null;
  /** The account's generation at the login. */
  account_generation: number | null;
  generation: number;
  epoch: number;
  expires_at: string;
  payload: Record<string, unknown>;
  ended_at: Date | null;
  signed_in_at: Date | null;
  /** When we learned of it: an upstream provider may tell of a login of hours ago. */
  began_at: Date | null;
  last_seen_at: Date;
  place: string | null;
  browser: string | null;
  device_id: string | null;
}

export const SessionEntity = new EntitySchema<SessionRow>({
  name: 'session',
  columns: {
    uid: key('session', text),
    digest: bytes,
    account_id: optional(text),
    account_generation: optional(integer),
    generation,
    epoch,
    expires_at: bigInteger,
    payload: json,
    ended_at: optional(moment),
    signed_in_at: optional(moment),
    began_at: optional(moment),
    last_seen_at: moment,
    place: optional(text),
    browser: optional(text),
    device_id: optional(text),
  },
  indices: [
    { name: 'session_digest', columns: ['digest'], unique: true },
    { name: 'session_account', columns: ['account_id'] },
    { name: 'session_device', columns: ['device_id'] },
    { name: 'session_expiry', columns: ['expires_at'] },
  ],
});
