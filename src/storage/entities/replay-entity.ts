import { EntitySchema } from 'typeorm';
import { bytes, integer, key } from './columns.js';

export interface ReplayRow {
  digest: Buffer;
  bucket: number;
}

export const ReplayEntity = new EntitySchema<ReplayRow>({
  name: 'replay',
  columns: { digest: key('replay', bytes), bucket: key('replay', integer) },
});
