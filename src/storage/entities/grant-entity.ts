import { EntitySchema } from 'typeorm';
import { bigInteger, epoch, generation, integer, json, key, moment, optional, text } from './columns.js';

export interface GrantRow {
  id: string;
  client_id: string;
  account_id: string;
  /** The generations that account and client had when the grant was made. */
  account_generation: number;
  client_generation: number;
  generation: number;
  issued_at: string;
  epoch: number;
  expires_at: string;
  payload: Record<string, unknown>;
  revoked_at: Date | null;
}

export const GrantEntity = new EntitySchema<GrantRow>({
  name: 'grant',
  columns: {
    id: key('grant', text),
    client_id: text,
    account_id: text,
    account_generation: integer,
    client_generation: integer,
    generation,
    issued_at: { ...bigInteger, default: 0 },
    epoch,
    expires_at: bigInteger,
    payload: json,
    revoked_at: optional(moment),
  },
  indices: [
    { name: 'grant_account', columns: ['account_id'] },
    { name: 'grant_expiry', columns: ['expires_at'] },
  ],
});
