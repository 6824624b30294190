import { EntitySchema } from 'typeorm';
import { bigInteger, integer, key, moment, optional, text } from './columns.js';

export interface EpochRow {
  number: number;
  /** Seconds: what has a lower number and was issued before is dead. */
  issued_before: string;
  /** Names the feed of this epoch: a follower of another one has to forget everything. */
  feed: string;
  created_at: Date;
  reason: string | null;
}

export const EpochEntity = new EntitySchema<EpochRow>({
  name: 'epoch',
  columns: {
    number: key('epoch', integer),
    issued_before: bigInteger,
    feed: text,
    created_at: moment,
    reason: optional(text),
  },
});
