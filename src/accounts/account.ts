import type { Brand } from '../lib/brand.js';

/** Also the `sub` of every token: `acc_` and 22 base62 characters. */
export type AccountId = Brand<string, 'AccountId'>;

export interface Account {
  readonly id: AccountId;
  /** What the person calls herself; shown to her and to apps with the profile scope. */
  readonly displayName: string;
  /** The name she typed at sign-up (an e-mail address, not verified yet). Unique when present, compared lower-case. */
  readonly login: string | undefined;
  readonly createdAt: Date;
  /** A disabled account cannot sign in and none of its tokens lives. */
  readonly disabledAt: Date | undefined;
}
