import { longestReplay } from './feed-policy.js';
import type { LoggedRevocation, LogPosition } from './revocation-log-store.js';

/**
 * Whether what was read follows what was read before: of the same log, which has not gone back (a restored backup), and
 * without a part that was cleared away meanwhile.
 */
export function continues(
  before: LogPosition,
  end: LogPosition,
  revocations: readonly LoggedRevocation[],
): boolean {
  if (before.feed !== end.feed || end.sequence < before.sequence) return false;
  const [first] = revocations;
  if (!first) return end.sequence === before.sequence;
  return first.sequence === before.sequence + 1;
}

/**
 * Whether one who has heard the feed up to `heard` may be told the rest by a node that has read up to `from`. Another node
 * may have been ahead of this one, so `heard` may be, too.
 */
export function resumes(heard: LogPosition | undefined, from: LogPosition): heard is LogPosition {
  return heard?.feed === from.feed && from.sequence - heard.sequence <= longestReplay;
}
