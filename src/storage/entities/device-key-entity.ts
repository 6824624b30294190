import { EntitySchema } from 'typeorm';
import { integer, key, moment, text } from './columns.js';

export interface DeviceKeyRow {
  account_id: string;
  thumbprint: string;
  device_id: string;
  kind: string;
  first_seen_at: Date;
  last_seen_at: Date;
  times_seen: number;
}

export const DeviceKeyEntity = new EntitySchema<DeviceKeyRow>({
  name: 'device_key',
  columns: {
    account_id: key('device_key', text),
    thumbprint: key('device_key', text),
    device_id: text,
    kind: text,
    first_seen_at: moment,
    last_seen_at: moment,
    times_seen: { ...integer, default: 1 },
  },
  indices: [
    { name: 'device_key_device', columns: ['device_id'] },
    { name: 'device_key_thumbprint', columns: ['thumbprint'] },
  ],
});
