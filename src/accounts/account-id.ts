import { randomBase62 } from '../lib/base62.js';
import type { Random } from '../lib/random.js';
import type { AccountId } from './account.js';

const prefix = 'acc_';
const randomLength = 22;

/** A new account's id: `acc_` and 131 random bits. */
export function newAccountId(random: Random): AccountId {
  return (prefix + randomBase62(random, randomLength)) as AccountId;
}

/** The id as an authenticator keeps it. WebAuthn L3 §4 (user handle): at most 64 bytes, nothing personal in it. */
export function userHandleOf(id: AccountId): Buffer {
  return Buffer.from(id, 'utf8');
}
