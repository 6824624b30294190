import { EntitySchema } from 'typeorm';
import { generation, key, moment, text } from './columns.js';

export interface DeviceRow {
  id: string;
  account_id: string;
  /** Of the key that tokens issued to the device are bound to. */
  thumbprint: string;
  generation: number;
  created_at: Date;
  last_seen_at: Date;
}

export const DeviceEntity = new EntitySchema<DeviceRow>({
  name: 'device',
  columns: {
    id: key('device', text),
    account_id: text,
    thumbprint: text,
    generation,
    created_at: moment,
    last_seen_at: moment,
  },
  indices: [{ name: 'device_key', columns: ['account_id', 'thumbprint'], unique: true }],
});
