import { EntitySchema } from 'typeorm';
import { bigInteger, key, moment, optional, text } from './columns.js';

export interface UsageReportRow {
  resource_server: string;
  call_id: string;
  input_tokens: string | null;
  output_tokens: string | null;
  cost: string | null;
  outcome: string;
  finished_at: Date;
  received_at: Date;
}

export const UsageReportEntity = new EntitySchema<UsageReportRow>({
  name: 'usage_report',
  columns: {
    resource_server: key('usage_report', text),
    call_id: key('usage_report', text),
    input_tokens: optional(bigInteger),
    output_tokens: optional(bigInteger),
    cost: optional(bigInteger),
    outcome: text,
    finished_at: moment,
    received_at: moment,
  },
  indices: [{ name: 'usage_report_age', columns: ['received_at'] }],
});
