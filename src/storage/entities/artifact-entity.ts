import { EntitySchema } from 'typeorm';
import { bigInteger, bytes, integer, json, key, moment, optional, text } from './columns.js';

export interface ArtifactRow {
  digest: Buffer;
  model: string;
  bucket: number;
  grant_id: string | null;
  user_code: string | null;
  uid: string | null;
  expires_at: string;
  payload: Record<string, unknown>;
  consumed_at: Date | null;
}

export const ArtifactEntity = new EntitySchema<ArtifactRow>({
  name: 'artifact',
  columns: {
    digest: key('artifact', bytes),
    model: key('artifact', text),
    bucket: key('artifact', integer),
    grant_id: optional(text),
    user_code: optional(text),
    uid: optional(text),
    expires_at: bigInteger,
    payload: json,
    consumed_at: optional(moment),
  },
  indices: [
    { name: 'artifact_grant', columns: ['grant_id'], where: '(grant_id IS NOT NULL)' },
    { name: 'artifact_user_code', columns: ['user_code'], where: '(user_code IS NOT NULL)' },
    { name: 'artifact_uid', columns: ['uid'], where: '(uid IS NOT NULL)' },
  ],
});
