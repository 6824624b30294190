import { EntitySchema } from 'typeorm';
import { integer, key, moment, optional, text } from './columns.js';

export interface RefusalRow {
  request_id: string;
  bucket: number;
  at: Date;
  code: string;
  detail: string | null;
  method: string;
  path: string;
  client_id: string | null;
}

export const RefusalEntity = new EntitySchema<RefusalRow>({
  name: 'refusal',
  columns: {
    request_id: key('refusal', text),
    bucket: key('refusal', integer),
    at: key('refusal', moment),
    code: key('refusal', text),
    detail: optional(text),
    method: text,
    path: text,
    client_id: optional(text),
  },
});
