import { EntitySchema } from 'typeorm';
import { json, key, moment, optional, text } from './columns.js';

export interface SigningKeyRow {
  kid: string;
  algorithm: string;
  state: string;
  public_jwk: object;
  sealed_private_jwk: string | null;
  created_at: Date;
  current_since: Date | null;
  retired_at: Date | null;
}

export const SigningKeyEntity = new EntitySchema<SigningKeyRow>({
  name: 'signing_key',
  columns: {
    kid: key('signing_key', text),
    algorithm: text,
    state: text,
    public_jwk: json,
    sealed_private_jwk: optional(text),
    created_at: moment,
    current_since: optional(moment),
    retired_at: optional(moment),
  },
});
