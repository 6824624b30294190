import type { Config } from '../config/schema.js';
import { addressBucket } from '../lib/address-bucket.js';
import { keyedDigest } from '../lib/hashing.js';
import type { Asker, Attempt } from './attempt-limits.js';
import type { AttemptKey, AttemptPace } from './attempt-store.js';

type Limits = Config['limits'];

interface Known {
  /** The browser's own token, if the account knows it. */
  readonly knownBrowser: string | undefined;
}

/** What one try is counted under. */
export interface Counted {
  /** Who tries at what: forgotten after a success. */
  readonly own: readonly AttemptKey[];
  /** Shared with others: after a success only this try is taken back. */
  readonly shared: readonly AttemptKey[];
}

const hour = 3600;

/** Waits between tries at codes. */
export function codePace(limits: Limits): AttemptPace {
  return { firstWait: 10, longestWait: limits.code_longest_wait, memory: 24 * hour };
}

/** Mails come back an hour after the last that was sent. */
export const mailPace: AttemptPace = { firstWait: hour, longestWait: hour, memory: hour };

/**
 * A browser that the account knows is counted by itself alone: whatever strangers do, they can't slow it down. Strangers
 * are counted by their network at this account, by their network everywhere, and all together at this account, which
 * is what bounds a guesser with ten thousand networks.
 */
export function countedAt(attempt: Attempt & Known, limits: Limits, key: Uint8Array): Counted {
  const { kind, subject, address, knownBrowser } = attempt;
  const counter = counterOf(key);
  if (knownBrowser !== undefined) {
    return { own: [counter(limits.code_tries, kind, subject, 'browser', knownBrowser)], shared: [] };
  }
  const network = addressBucket(address);
  return {
    own: [
      counter(limits.code_tries, kind, subject, 'network', network),
      counter(limits.code_tries_per_account, kind, subject, 'all'),
    ],
    shared: [counter(limits.code_tries_per_network, 'codes', 'network', network)],
  };
}

export function countedForMail(
  to: string,
  asker: Asker & Known,
  limits: Limits,
  key: Uint8Array,
): AttemptKey[] {
  const counter = counterOf(key);
  const perRecipient = limits.mails_per_hour_per_recipient;
  if (asker.knownBrowser !== undefined)
    return [counter(perRecipient, 'mail', to, 'browser', asker.knownBrowser)];
  const network = addressBucket(asker.address);
  return [
    counter(perRecipient, 'mail', to, 'network', network),
    counter(limits.mails_per_hour_per_recipient_from_all, 'mail', to, 'all'),
    counter(limits.mails_per_hour_per_network, 'mails', 'network', network),
  ];
}

function counterOf(key: Uint8Array) {
  return (allowance: number, ...what: string[]): AttemptKey => ({
    digest: keyedDigest(key, JSON.stringify(what)),
    allowance,
  });
}
