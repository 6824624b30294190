import { EntitySchema } from 'typeorm';
import { integer, key, moment, text } from './columns.js';

export interface NoticeRow {
  id: string;
  sealed_notice: string;
  attempts: number;
  created_at: Date;
  next_attempt_at: Date;
  give_up_at: Date;
}

export const NoticeEntity = new EntitySchema<NoticeRow>({
  name: 'notice',
  columns: {
    id: key('notice', text),
    sealed_notice: text,
    attempts: { ...integer, default: 0 },
    created_at: moment,
    next_attempt_at: moment,
    give_up_at: moment,
  },
  indices: [{ name: 'notice_due', columns: ['next_attempt_at'] }],
});
