import { mostNumberTries } from '../stepup/backchannel-policy.js';
import type { BackchannelRequest } from '../stepup/backchannel-request.js';
import { refusalWords } from '../web/error-words.js';
import type { Words } from '../web/words/words.js';
import type { RefusalCode } from '../lib/refusal.js';
import type { Ending } from './backchannel-end-page.js';

/**
 * What the page says of a request that waits no more; undefined while it waits.
 * @param said what her own answer was, a moment ago
 * @param isOwner whether she is signed in here to the account that it was for
 */
export function endingOf(
  { state, endedBy, expiresAt }: BackchannelRequest,
  said: unknown,
  { now, isOwner }: { readonly now: number; readonly isOwner: boolean },
): Ending | undefined {
  switch (state) {
    case 'pending':
      return expiresAt.getTime() <= now ? 'expired' : undefined;
    case 'approved':
      if (said === 'signed-in') return isOwner ? 'approvedSignedIn' : 'approved';
      return said === 'approved' ? 'approved' : 'answeredApproved';
    case 'not_me':
      return said === 'not-me' ? 'notMe' : 'answeredDenied';
    case 'denied':
      if (endedBy === 'number') return 'wrongNumbers';
      if (endedBy === 'strength') return 'tooWeak';
      if (said === 'not-me') return 'notMeStranger';
      return said === 'denied' ? 'denied' : 'answeredDenied';
  }
}

/** Undefined before the first wrong number. */
export function triesLeft(wrongNumbers: number): number | undefined {
  return wrongNumbers === 0 ? undefined : mostNumberTries - wrongNumbers;
}

/** What an approval can be refused for; nothing else that stands in an address is shown. */
const problems = [
  'passkey_rejected',
  'passkey_unknown',
  'passkey_removed',
  'passkey_held',
  'account_disabled',
  'challenge_spent',
  'confirmation_needed',
  'paid_tiers_held',
  'approval_changed',
  'approval_expired',
] as const satisfies readonly RefusalCode[];

export function problemOf(words: Words, said: unknown): string | undefined {
  const code = problems.find((each) => each === said);
  return code && refusalWords(words, code);
}
