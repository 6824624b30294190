import { EntitySchema } from 'typeorm';
import { bytes, integer, key, moment, optional } from './columns.js';

export interface MailCodeRow {
  bound_to: Buffer;
  digest: Buffer;
  made: number;
  tries: number;
  expires_at: Date;
  taken_at: Date | null;
}

export const MailCodeEntity = new EntitySchema<MailCodeRow>({
  name: 'mail_code',
  columns: {
    bound_to: key('mail_code', bytes),
    digest: bytes,
    made: integer,
    tries: integer,
    expires_at: moment,
    taken_at: optional(moment),
  },
  indices: [{ name: 'mail_code_expiry', columns: ['expires_at'] }],
});
