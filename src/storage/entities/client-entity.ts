import { EntitySchema } from 'typeorm';
import { generation, json, key, moment, optional, text } from './columns.js';

export interface ClientRow {
  client_id: string;
  source: string;
  metadata: Record<string, unknown> | null;
  generation: number;
  created_at: Date;
  removed_at: Date | null;
}

export const ClientEntity = new EntitySchema<ClientRow>({
  name: 'client',
  columns: {
    client_id: key('client', text),
    source: text,
    metadata: optional(json),
    generation,
    created_at: moment,
    removed_at: optional(moment),
  },
});
