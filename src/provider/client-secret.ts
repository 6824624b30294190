import { sha256 } from '../lib/hashing.js';

/** How a client secret is kept (law 7): the secrets that we make have 256 random bits. */
export function hashedSecret(secret: string): string {
  return `sha256:${sha256(secret).toString('hex')}`;
}

/** Whether `text` is what `hashedSecret` makes, rather than a secret. */
export function isHashedSecret(text: string): boolean {
  return /^sha256:[0-9a-f]{64}$/.test(text);
}
