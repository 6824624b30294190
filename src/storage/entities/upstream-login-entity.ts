import { EntitySchema } from 'typeorm';
import { bytes, integer, key, moment, text } from './columns.js';

export interface UpstreamLoginRow {
  digest: Buffer;
  bucket: number;
  sealed: string;
  expires_at: Date;
}

export const UpstreamLoginEntity = new EntitySchema<UpstreamLoginRow>({
  name: 'upstream_login',
  columns: {
    digest: key('upstream_login', bytes),
    bucket: key('upstream_login', integer),
    sealed: text,
    expires_at: moment,
  },
});
