import { keyedDigest } from '../lib/hashing.js';

/**
 * What a browser signs to refresh. Made of the session and how often it was refreshed, so nothing is stored, nobody who
 * merely asks can change it, and a browser that must try again has its signature still (Chromium makes six in nine minutes).
 */
export interface Challenges {
  /** @param turn how many refreshes have succeeded */
  of(sessionId: string, turn: number): string;
}

/** @param key at least 32 bytes, the same on every node */
export function createChallenges(key: Uint8Array): Challenges {
  if (key.length < 32) throw new RangeError('a key for challenges has at least 32 bytes');
  return {
    of: (sessionId, turn) =>
      keyedDigest(key, `dbsc challenge\0${sessionId}\0${turn}`).subarray(0, 18).toString('base64url'),
  };
}
