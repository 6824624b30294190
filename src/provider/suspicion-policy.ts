import type { Circumstances } from '../accounts/circumstances.js';

/** What follows when a bound cookie comes from where its device is not, and the device does not prove itself. */
export type SuspicionPolicy = 'record' | 'step_up' | 'end';

/** For so long a device that was asked may take to prove itself: requests of its own are under way meanwhile. */
export const patienceMilliseconds = 30_000;

/**
 * Threat 21: one of both is a train, a VPN or an update. Both at once, without a proof in between, is hardly her: a device
 * keeps its browser, and a device that moves can prove itself.
 */
export function isElsewhere(proven: Circumstances, now: Circumstances): boolean {
  const moved = proven.place !== undefined && now.place !== undefined && proven.place !== now.place;
  // Whoever says nothing of his browser is none that said something before.
  return moved && proven.browser !== now.browser;
}
