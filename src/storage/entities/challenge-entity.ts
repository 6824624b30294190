import { EntitySchema } from 'typeorm';
import { bytes, integer, json, key, moment, optional, text } from './columns.js';

export interface ChallengeRow {
  digest: Buffer;
  bucket: number;
  purpose: string;
  bound_to: Buffer;
  account_id: string | null;
  facts: Record<string, unknown>;
  expires_at: Date;
}

export const ChallengeEntity = new EntitySchema<ChallengeRow>({
  name: 'webauthn_challenge',
  columns: {
    digest: key('webauthn_challenge', bytes),
    bucket: key('webauthn_challenge', integer),
    purpose: text,
    bound_to: bytes,
    account_id: optional(text),
    facts: json,
    expires_at: moment,
  },
});
