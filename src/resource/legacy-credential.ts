import type { AccountId } from '../accounts/account.js';
import type { MicroDollars } from '../lib/money.js';

/** A bearer credential of before: imported as its digest, for one resource, of one account. */
export interface LegacyCredential {
  /** SHA-256 of what is presented. */
  readonly digest: Buffer;
  readonly resource: string;
  readonly accountId: AccountId;
  /** How the operator knows it: the first characters, a name. Never enough to use it. */
  readonly prefix: string | undefined;
  readonly label: string | undefined;
}

/** One that was found, alive or not. */
export interface FoundLegacyCredential {
  readonly resource: string;
  readonly accountId: AccountId;
  readonly alive: boolean;
  /** When it ends by itself. */
  readonly endsAt: Date | undefined;
}

/** One that is alive, as its owner sees it. */
export interface OwnLegacyCredential extends Omit<LegacyCredential, 'accountId'> {
  readonly importedAt: Date;
  readonly lastUsedAt: Date | undefined;
  readonly endsAt: Date | undefined;
  readonly calls: number;
  readonly spent: MicroDollars;
}

/** What one call may cost, and what may be spent in a day. */
export interface LegacySpending {
  readonly digest: Buffer;
  readonly resource: string;
  readonly cost: MicroDollars;
  readonly capPerCredential: MicroDollars;
  readonly capInAll: MicroDollars;
  readonly now: Date;
}

/** `gone`: it died since it was found. */
export type LegacySpent = 'spent' | 'cap_reached' | 'gone';

/** How the class shrinks, for one resource. */
export interface LegacyFigures {
  readonly resource: string;
  readonly imported: number;
  readonly alive: number;
  readonly aliveWeekAgo: number;
  readonly aliveMonthAgo: number;
  /** Of those alive: used in the last 7 and 30 days. */
  readonly usedInWeek: number;
  readonly usedInMonth: number;
  /** Of those alive: their accounts have logged in at an app for the resource, so they have bound tokens. */
  readonly moved: number;
  /** Of those alive: they were given an end (holdfast legacy retire). */
  readonly ending: number;
  readonly calls: number;
  readonly spent: MicroDollars;
  readonly spentToday: MicroDollars;
}
