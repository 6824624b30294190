import type { Brand } from '../lib/brand.js';

/** Also the `sub` of every token: `acc_` and 22 base62 characters. */
export type AccountId = Brand<string, 'AccountId'>;

export interface Account {
  readonly id: AccountId;
  /** What the person calls herself; shown to her and to apps with the profile scope. */
  readonly displayName: string;
  /** A name that the test login and the command find her by; proves nothing. Unique when present, compared lower-case. */
  readonly login: string | undefined;
  /** Her e-mail address, verified by a code or an upstream provider. Unique when present, compared folded. */
  readonly email: string | undefined;
  /** The language of our mails to her, as a BCP 47 tag; undefined: English. */
  readonly locale: string | undefined;
  readonly createdAt: Date;
  /** A disabled account cannot sign in and none of its tokens lives. */
  readonly disabledAt: Date | undefined;
  /** Paid tiers stay shut until then: she came back by recovery, and it may not have been her. */
  readonly paidTiersHeldUntil: Date | undefined;
  /** Moves with each revocation: what was made under another one is dead. */
  readonly generation: number;
}

/** An account of which nothing is known yet but its id. */
export function newAccount(id: AccountId, createdAt: Date): Account {
  return {
    id,
    displayName: '',
    login: undefined,
    email: undefined,
    locale: undefined,
    createdAt,
    disabledAt: undefined,
    paidTiersHeldUntil: undefined,
    generation: 0,
  };
}
