import canonicalize from 'canonicalize';
import { z } from 'zod';
import { sha256 } from '../lib/hashing.js';
import { parseJson } from '../lib/json.js';
import type { ApprovalId, ApprovalSubject } from './approval.js';

/** WebAuthn L3 §13.4.3: at least 16 random bytes, so that nobody foresees a challenge. */
export const approvalRandomBytes = 32;

/** What a person's assertion says yes to: the subject, which approval it becomes, and what nobody could foresee. */
export interface Signed {
  readonly approvalId: ApprovalId;
  /** base64url */
  readonly random: string;
  readonly subject: ApprovalSubject;
}

/** The canonical JSON (RFC 8785) that is hashed: the same bytes for the same facts, whoever writes them down. */
export function signedText({ approvalId, random, subject }: Signed): string {
  const text = canonicalize({ approval_id: approvalId, random, subject });
  if (text === undefined) throw new TypeError('an object has canonical JSON');
  return text;
}

/** What the page shows, in short: whoever begins a ceremony names it, so that she signs what she has read. */
export function fingerprintOf(subject: ApprovalSubject): string {
  return sha256(canonicalize(subject) ?? '').toString('base64url');
}

/** The WebAuthn challenge of a text that is to be signed. */
export function challengeOf(text: string): Buffer {
  return sha256(text);
}

const writtenSchema = z.object({ random: z.string(), subject: z.record(z.string(), z.unknown()) });

/** What a signed text says, as far as it can be read. */
export function readSigned(text: string): z.output<typeof writtenSchema> | undefined {
  const parsed = writtenSchema.safeParse(parseJson(Buffer.from(text)));
  return parsed.success ? parsed.data : undefined;
}
