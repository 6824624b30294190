import type { Challenges } from './challenges.js';

/** How far a session has come. */
export interface Turn {
  readonly id: string;
  readonly turn: number;
  /** Milliseconds since the epoch. */
  readonly turnedAt: number;
}

/** For how long the challenge before is good, in milliseconds: two tabs may refresh at once, and answers get lost. */
const previousLives = 30_000;

/**
 * Which challenge of the session a proof answers: `current`, which moves the session on; `previous`, which does not; or
 * `none`: one that is long used, or of another session.
 */
export function answeredTurn(
  { id, turn, turnedAt }: Turn,
  challenge: string,
  challenges: Challenges,
  now: number,
): 'current' | 'previous' | 'none' {
  // Challenges are public, so they are compared plainly.
  if (challenge === challenges.of(id, turn)) return 'current';
  // DBSC §5: a signature for an old challenge may arrive after a new one was issued; the window is short.
  const isRecent = turn > 0 && now - turnedAt <= previousLives;
  return isRecent && challenge === challenges.of(id, turn - 1) ? 'previous' : 'none';
}
