/** The time, as an argument. Everything that asks what time it is takes a Clock, so that tests can move it. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
}

export const systemClock: Clock = { now: () => Date.now() };

/** Whole seconds since the epoch, as JWTs and oidc-provider count. */
export function epochSeconds(clock: Clock): number {
  return Math.floor(clock.now() / 1000);
}
