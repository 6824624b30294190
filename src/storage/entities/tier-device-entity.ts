import { EntitySchema } from 'typeorm';
import { key, moment, text } from './columns.js';

export interface TierDeviceRow {
  account_id: string;
  tier: string;
  device_id: string;
  last_used_at: Date;
}

export const TierDeviceEntity = new EntitySchema<TierDeviceRow>({
  name: 'tier_device',
  columns: {
    account_id: key('tier_device', text),
    tier: key('tier_device', text),
    device_id: key('tier_device', text),
    last_used_at: moment,
  },
});
