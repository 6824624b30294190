import { z } from 'zod';
import { harmless } from '../lib/harmless.js';
import type { MicroDollars } from '../lib/money.js';
import { accepted, refused, type Result } from '../lib/result.js';

/** What a resource server asks before it serves a call. */
export interface CallRequest {
  readonly token: string;
  /** Thumbprint of the key of the proof that the resource server has verified (RFC 7638). */
  readonly jkt: string;
  /** As the client spelled it. */
  readonly model: string;
  /** The most that the call may cost; needed where the model's tier counts money. */
  readonly maxCost: MicroDollars | undefined;
  /** Every one of these scopes must be granted. */
  readonly scope: readonly string[];
}

const callRequestSchema = z.strictObject({
  token: z.string('must be the access token').min(1, 'must be the access token').max(8192, 'is too long'),
  jkt: z
    .string('must be the thumbprint of the proof’s key')
    .regex(/^[A-Za-z0-9_-]{43}$/, 'must be the thumbprint of the proof’s key: 43 characters of base64url'),
  model: z
    .string('must be the id of the model')
    .min(1, 'must be the id of the model')
    .max(256, 'is too long'),
  // Whole micro-dollars: a fraction, a sign or a number beyond 2^53 would be counted wrongly.
  max_cost: z
    .int('must be a whole number of micro-dollars, at most 2^53 - 1')
    .min(0, 'must not be negative')
    .optional(),
  scope: z
    .string('must be scopes separated by spaces')
    .max(1024, 'is too long')
    .regex(/^[\x21\x23-\x5b\x5d-\x7e]+(?: [\x21\x23-\x5b\x5d-\x7e]+)*$/, 'must be scopes separated by spaces')
    .optional(),
});

/** The question that the members of a JSON object ask; refused with a sentence for the resource server's author. */
export function readCallRequest(members: Readonly<Record<string, unknown>>): Result<CallRequest> {
  const parsed = callRequestSchema.safeParse(members);
  if (parsed.success) {
    const { max_cost: maxCost, scope = '', ...rest } = parsed.data;
    return accepted({ ...rest, maxCost, scope: scope.split(' ').filter(Boolean) });
  }
  const [issue] = parsed.error.issues;
  if (issue?.code === 'unrecognized_keys') {
    const [name = ''] = issue.keys;
    return refused('request_malformed', `${harmless(name)} is no member of this request`);
  }
  return refused('request_malformed', `${issue?.path.join('.')} ${issue?.message}`);
}
