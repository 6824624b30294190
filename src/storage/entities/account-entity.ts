import { EntitySchema } from 'typeorm';
import { generation, key, moment, optional, text } from './columns.js';

export interface AccountRow {
  id: string;
  display_name: string;
  login: string | null;
  /** The login in lower case; unique. */
  login_folded: string | null;
  generation: number;
  created_at: Date;
  disabled_at: Date | null;
}

export const AccountEntity = new EntitySchema<AccountRow>({
  name: 'account',
  columns: {
    id: key('account', text),
    display_name: text,
    login: optional(text),
    login_folded: optional(text),
    generation,
    created_at: moment,
    disabled_at: optional(moment),
  },
  indices: [
    { name: 'account_login', columns: ['login_folded'], unique: true },
    { name: 'account_age', columns: ['created_at', 'id'] },
  ],
});
