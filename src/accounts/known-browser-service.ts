import type { Clock } from '../lib/clock.js';
import { keyedDigest } from '../lib/hashing.js';
import type { Random } from '../lib/random.js';
import type { AccountStore } from './account-store.js';
import type { AccountId } from './account.js';
import { foldedAddress } from './email-address.js';
import type { KnownBrowserStore } from './known-browser-store.js';

export interface KnownBrowserPorts {
  readonly knownBrowsers: KnownBrowserStore;
  readonly accounts: Pick<AccountStore, 'find'>;
  /** deriveKey(master, 'known browsers') */
  readonly key: Uint8Array;
  readonly random: Random;
  readonly clock: Clock;
}

/** Seconds for which a browser is known after a sign-in: a year. */
export const browserMemory = 365 * 86_400;

/**
 * Which browsers an account knows, by a token that each is told once (OWASP's device cookies). It opens nothing: it only
 * keeps away from the owner what a guesser has to wait.
 */
export class KnownBrowserService {
  readonly #ports: KnownBrowserPorts;

  constructor(ports: KnownBrowserPorts) {
    this.#ports = ports;
  }

  /**
   * Somebody has signed in.
   * @param presented what the browser's cookie holds; anything
   * @returns the token that the browser is to keep
   */
  async signedIn(accountId: AccountId, presented: string | undefined): Promise<string> {
    const { knownBrowsers, accounts, random, clock } = this.#ports;
    const token = isToken(presented) ? presented : random.bytes(16).toString('base64url');
    const account = await accounts.find(accountId);
    const subjects = account?.email === undefined ? [] : [foldedAddress(account.email)];
    await knownBrowsers.remember(
      [this.#digest(token, accountId), ...subjects.map((subject) => this.#digest(token, subject))],
      accountId,
      new Date(clock.now() + browserMemory * 1000),
    );
    return token;
  }

  /** What the account knows the browser of this token by. */
  keyOf(token: string, accountId: AccountId): string {
    return browserKey(this.#ports.key, token, accountId).toString('hex');
  }

  /** Whether the browser has signed in to the account behind `subject`: its id, or its folded address. */
  async knows(subject: string, presented: string | undefined): Promise<boolean> {
    if (!isToken(presented)) return false;
    const { knownBrowsers, clock } = this.#ports;
    return knownBrowsers.knows(this.#digest(presented, subject), new Date(clock.now()));
  }

  #digest(token: string, subject: string): Buffer {
    return browserKey(this.#ports.key, token, subject);
  }
}

/** @param subject the account's id, or its folded address */
export function browserKey(key: Uint8Array, token: string, subject: string): Buffer {
  return keyedDigest(key, JSON.stringify([token, subject]));
}

export function isToken(text: string | undefined): text is string {
  return text !== undefined && /^[\w-]{22}$/.test(text);
}
