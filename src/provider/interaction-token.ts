import { keyedDigest, sameBytes } from '../lib/hashing.js';

/**
 * The token that every form and script of one interaction sends back (threat 22): only our own page knows it.
 * @param key derived for `interaction form`
 */
export function interactionToken(key: Uint8Array, uid: string): string {
  return keyedDigest(key, uid).toString('base64url');
}

export function isInteractionToken(key: Uint8Array, uid: string, presented: string): boolean {
  return sameBytes(keyedDigest(key, uid), Buffer.from(presented, 'base64url'));
}
