import { EntitySchema } from 'typeorm';
import { boolean, generation, key, moment, optional, text } from './columns.js';

export interface AccountRow {
  id: string;
  display_name: string;
  login: string | null;
  /** The login in lower case; unique. */
  login_folded: string | null;
  email: string | null;
  /** The address as it is compared; unique. */
  email_folded: string | null;
  /** The mailbox behind the address: several addresses of one are one. A signal; not unique. */
  email_mailbox: string | null;
  /** Its domain hands out addresses that are thrown away. A signal. */
  email_disposable: boolean | null;
  locale: string | null;
  paid_tiers_held_until: Date | null;
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
    email: optional(text),
    email_folded: optional(text),
    email_mailbox: optional(text),
    email_disposable: optional(boolean),
    locale: optional(text),
    paid_tiers_held_until: optional(moment),
  },
  indices: [
    { name: 'account_login', columns: ['login_folded'], unique: true },
    { name: 'account_email', columns: ['email_folded'], unique: true },
    { name: 'account_age', columns: ['created_at', 'id'] },
  ],
});
