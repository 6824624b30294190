import { deriveKey } from '../lib/hashing.js';
import { open, seal } from '../lib/seal.js';
import type { FoundRefreshToken } from './refresh-token-store.js';

/** How long the presenter of a used refresh token is given its successor again, in milliseconds (law 2). */
export const successorGrace = 10_000;

/** The successor, readable only by whoever holds the token that it follows. */
export function sealSuccessor(presented: string, successor: string): Promise<string> {
  return seal(deriveKey(Buffer.from(presented), 'refresh successor'), successor);
}

export function openSuccessor(presented: string, sealed: string): Promise<string> {
  return open(deriveKey(Buffer.from(presented), 'refresh successor'), sealed);
}

/** Whether a used token may still be answered with its one successor: the same key, a moment later (law 2). */
export function withinGrace(
  used: Pick<FoundRefreshToken, 'consumedAt' | 'sealedSuccessor' | 'jkt'>,
  presentedBy: string | undefined,
  now: number,
): boolean {
  if (!used.consumedAt || used.sealedSuccessor === undefined) return false;
  return used.jkt === presentedBy && now - used.consumedAt.getTime() <= successorGrace;
}
