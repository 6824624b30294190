import { EntitySchema } from 'typeorm';
import { bigInteger, bytes, integer, key, moment } from './columns.js';

export interface AttemptRow {
  digest: Buffer;
  tries: number;
  free_at: Date;
  expires_at: string;
}

export const AttemptEntity = new EntitySchema<AttemptRow>({
  name: 'attempt',
  columns: {
    digest: key('attempt', bytes),
    tries: integer,
    free_at: moment,
    expires_at: bigInteger,
  },
  indices: [{ name: 'attempt_expiry', columns: ['expires_at'] }],
});
