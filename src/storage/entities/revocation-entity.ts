import { EntitySchema } from 'typeorm';
import { bigInteger, integer, key, moment, optional, text } from './columns.js';

/** Written by a trigger (migration RevocationLog) with every change of a generation. */
export interface RevocationRow {
  sequence: string;
  kind: string;
  id: string;
  account_id: string | null;
  client_id: string | null;
  at: Date;
}

export const RevocationEntity = new EntitySchema<RevocationRow>({
  name: 'revocation',
  columns: {
    sequence: key('revocation', bigInteger),
    kind: text,
    id: text,
    account_id: optional(text),
    client_id: optional(text),
    at: moment,
  },
  indices: [{ name: 'revocation_age', columns: ['at'] }],
});

/** One row: the sequence of the last revocation that was committed. */
export interface RevocationHeadRow {
  id: number;
  sequence: string;
}

export const RevocationHeadEntity = new EntitySchema<RevocationHeadRow>({
  name: 'revocation_head',
  columns: {
    id: key('revocation_head', integer),
    sequence: bigInteger,
  },
});
