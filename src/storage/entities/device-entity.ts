import { EntitySchema } from 'typeorm';
import { generation, key, moment, optional, text } from './columns.js';

export interface DeviceRow {
  id: string;
  account_id: string;
  generation: number;
  kind: string;
  /** Hers; none: the label says it. */
  name: string | null;
  label: string | null;
  place: string | null;
  created_at: Date;
  last_seen_at: Date;
  cut_off_at: Date | null;
}

export const DeviceEntity = new EntitySchema<DeviceRow>({
  name: 'device',
  columns: {
    id: key('device', text),
    account_id: text,
    generation,
    kind: { ...text, default: 'app' },
    name: optional(text),
    label: optional(text),
    place: optional(text),
    created_at: moment,
    last_seen_at: moment,
    cut_off_at: optional(moment),
  },
  indices: [{ name: 'device_account', columns: ['account_id'] }],
});
