import { EntitySchema } from 'typeorm';
import { bigInteger, integer, key, moment, optional, text } from './columns.js';

export interface WebhookRow {
  id: string;
  sequence: string;
  attempts: number;
  due_at: Date;
  failing_since: Date | null;
}

export const WebhookEntity = new EntitySchema<WebhookRow>({
  name: 'webhook',
  columns: {
    id: key('webhook', text),
    sequence: bigInteger,
    attempts: { ...integer, default: 0 },
    due_at: moment,
    failing_since: optional(moment),
  },
});
