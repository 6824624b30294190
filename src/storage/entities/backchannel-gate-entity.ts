import { EntitySchema } from 'typeorm';
import { bytes, integer, key, moment } from './columns.js';

export interface BackchannelGateRow {
  digest: Buffer;
  busy_until: Date;
  denials: number;
  free_at: Date;
  expires_at: Date;
}

export const BackchannelGateEntity = new EntitySchema<BackchannelGateRow>({
  name: 'backchannel_gate',
  columns: {
    digest: key('backchannel_gate', bytes),
    busy_until: moment,
    denials: { ...integer, default: 0 },
    free_at: moment,
    expires_at: moment,
  },
  indices: [{ name: 'backchannel_gate_expiry', columns: ['expires_at'] }],
});
