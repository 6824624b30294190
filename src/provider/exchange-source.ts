import { sha256 } from '../lib/hashing.js';
import type { ExchangeSource } from './exchange-store.js';

/** A person at an issuer, and her session there, as they are kept: by digest, for they name her (and tell nobody else). */
export function subjectDigest(issuer: string, subject: string): Buffer {
  return sha256(JSON.stringify(['subject', issuer, subject]));
}

export function sessionDigest(issuer: string, sid: string): Buffer {
  return sha256(JSON.stringify(['session', issuer, sid]));
}

export function sourceOf(issuer: string, subject: string, sid: string | undefined): ExchangeSource {
  return {
    subject: subjectDigest(issuer, subject),
    session: sid === undefined ? undefined : sessionDigest(issuer, sid),
  };
}
