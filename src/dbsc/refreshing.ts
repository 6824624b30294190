import type { Clock } from '../lib/clock.js';
import type { Refusal } from '../lib/refusal.js';
import type { Challenges } from './challenges.js';
import type { DeviceSession } from './device-session.js';
import type { DeviceSessionEvent } from './device-session-event.js';
import type { DeviceSessionStore } from './device-session-store.js';
import { answeredTurn } from './refresh-policy.js';
import { verifyRefresh } from './response.js';

export interface RefreshingOptions {
  readonly origin: string;
  readonly refreshPath: string;
  readonly store: DeviceSessionStore;
  readonly challenges: Challenges;
  readonly clock: Clock;
  readonly onEvent: (event: DeviceSessionEvent) => void;
}

export type Refreshed =
  | { readonly outcome: 'refreshed'; readonly id: string; readonly turn: number }
  /** To be answered with the challenge of this turn. */
  | { readonly outcome: 'challenged'; readonly turn: number }
  /** The browser should forget the session. */
  | { readonly outcome: 'gone' };

/** Judges a refresh of the session `id`, which came with the cookie of `owner`. */
export type Refreshing = (
  id: string,
  owner: string | undefined,
  proof: string | undefined,
) => Promise<Refreshed>;

export function createRefreshing(options: RefreshingOptions): Refreshing {
  const { origin, refreshPath, store, challenges, clock, onEvent } = options;
  const audience = origin + refreshPath;

  /** Where the session stands once `challenge` was answered with its key; undefined: it was another one. */
  const moveOn = async (session: DeviceSession, challenge: string): Promise<number | undefined> => {
    const now = clock.now();
    const answered = answeredTurn(session, challenge, challenges, now);
    if (answered === 'none') return undefined;
    if (answered === 'previous') return session.turn;
    if (await store.advance(session.id, session.turn, now)) return session.turn + 1;
    // Another tab was faster, so what was answered is the previous one by now; or the session has ended.
    const later = await store.find(session.id);
    const isPrevious = later && answeredTurn(later, challenge, challenges, now) === 'previous';
    return isPrevious && later.endedAt === undefined ? later.turn : undefined;
  };

  return async (id, owner, proof) => {
    const session = await store.find(id);
    // A second login has a session of its own; the one before must not overwrite its cookie.
    if (!session || session.endedAt !== undefined || session.owner !== owner) return { outcome: 'gone' };
    const { turn } = session;
    const challengeAgain = (refusal: Refusal): Refreshed => {
      onEvent({ kind: 'refresh_refused', sessionId: id, refusal });
      return { outcome: 'challenged', turn };
    };
    // So the browser asks for the challenge.
    if (proof === undefined) return { outcome: 'challenged', turn };
    const proven = await verifyRefresh(proof, session.key, { audience });
    if (!proven.ok) return challengeAgain(proven.refusal);
    const reached = await moveOn(session, proven.value.challenge);
    if (reached !== undefined) return { outcome: 'refreshed', id, turn: reached };
    return challengeAgain({ code: 'session_proof_stale', detail: 'it answers another challenge' });
  };
}
