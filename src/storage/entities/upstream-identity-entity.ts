import { EntitySchema } from 'typeorm';
import { key, moment, optional, text } from './columns.js';

export interface UpstreamIdentityRow {
  issuer: string;
  subject: string;
  id: string;
  account_id: string;
  provider_name: string;
  email: string | null;
  linked_at: Date;
  last_used_at: Date;
}

export const UpstreamIdentityEntity = new EntitySchema<UpstreamIdentityRow>({
  name: 'upstream_identity',
  columns: {
    issuer: key('upstream_identity', text),
    subject: key('upstream_identity', text),
    id: text,
    account_id: text,
    provider_name: text,
    email: optional(text),
    linked_at: moment,
    last_used_at: moment,
  },
  indices: [{ name: 'upstream_identity_account', columns: ['account_id'] }],
});
