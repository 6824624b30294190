import type { JWK } from 'jose';
import { EntitySchema } from 'typeorm';
import { integer, json, key, moment, optional, text } from './columns.js';

export interface BoundSessionRow {
  id: string;
  session_uid: string;
  algorithm: string;
  public_key: JWK;
  thumbprint: string;
  turn: number;
  turned_at: Date;
  registered_at: Date;
  failures: number;
  suspected_at: Date | null;
  place: string | null;
  browser: string | null;
}

export const BoundSessionEntity = new EntitySchema<BoundSessionRow>({
  name: 'bound_session',
  columns: {
    id: key('bound_session', text),
    session_uid: text,
    algorithm: text,
    public_key: json,
    thumbprint: text,
    turn: { ...integer, default: 0 },
    turned_at: moment,
    registered_at: moment,
    failures: { ...integer, default: 0 },
    suspected_at: optional(moment),
    place: optional(text),
    browser: optional(text),
  },
  indices: [{ name: 'bound_session_uid', columns: ['session_uid'], unique: true }],
});
