import { EntitySchema } from 'typeorm';
import { integer, key, moment, text } from './columns.js';

export interface MailRow {
  id: string;
  sealed_letter: string;
  attempts: number;
  created_at: Date;
  next_attempt_at: Date;
  give_up_at: Date;
}

export const MailEntity = new EntitySchema<MailRow>({
  name: 'mail',
  columns: {
    id: key('mail', text),
    sealed_letter: text,
    attempts: { ...integer, default: 0 },
    created_at: moment,
    next_attempt_at: moment,
    give_up_at: moment,
  },
  indices: [{ name: 'mail_due', columns: ['next_attempt_at'] }],
});
