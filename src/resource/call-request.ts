import { z } from 'zod';
import { harmless } from '../lib/harmless.js';
import type { MicroDollars } from '../lib/money.js';
import { accepted, refused, type Result } from '../lib/result.js';

/** What shows that the caller has the key of the token. */
export type Possession =
  /** The resource server has verified a proof itself: the thumbprint of its key (RFC 7638). */
  | { readonly kind: 'key'; readonly jkt: string }
  | ({ readonly kind: 'proof' } & PresentedProof)
  /** The resource server's TLS has seen a certificate: its thumbprint (RFC 8705 §3.1). */
  | { readonly kind: 'certificate'; readonly thumbprint: string }
  /** Nothing does: a bearer credential of before was presented (dangerously_allow_bearer). */
  | { readonly kind: 'bearer' };

/** A proof that nobody has verified yet, and the request that it came with. */
export interface PresentedProof {
  readonly dpop: string;
  readonly method: string;
  /** As clients write it, from the resource server's own configuration, never from a Host header. */
  readonly url: string;
}

/** What a resource server asks before it serves a call. */
export interface CallRequest {
  readonly token: string;
  readonly possession: Possession;
  /** As the client spelled it; undefined for what calls no model: then no tier demands anything. */
  readonly model: string | undefined;
  /** The most that the call may cost; needed where the model's tier counts money. */
  readonly maxCost: MicroDollars | undefined;
  /** Every one of these scopes must be granted. */
  readonly scope: readonly string[];
  /** Of the client, as the resource server sees it. */
  readonly callerAddress: string | undefined;
}

/** One question, or several that are answered each for itself. */
export interface CallQuestions {
  readonly batch: boolean;
  readonly calls: readonly CallRequest[];
}

const thumbprint = (of: string) =>
  z
    .string(`must be the thumbprint of ${of}`)
    .regex(/^[A-Za-z0-9_-]{43}$/, `must be the thumbprint of ${of}: 43 characters of base64url`);

const proofSchema = z.strictObject({
  dpop: z
    .string('must be the DPoP header of the call')
    .min(1, 'must be the DPoP header of the call')
    .max(8192, 'is too long')
    .describe('The DPoP header of the call, exactly one (RFC 9449).'),
  method: z
    .string('must be the method of the call')
    .regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,32}$/, 'must be the method of the call')
    .describe('The method of the call.'),
  url: z
    .string('must be the address of the call')
    .min(1, 'must be the address of the call')
    .max(4096, 'is too long')
    .describe('The address of the call under one of the origins of the resource, from your configuration.'),
});

export const callSchema = z
  .strictObject({
    token: z
      .string('must be the access token')
      .min(1, 'must be the access token')
      .max(8192, 'is too long')
      .describe('The access token, as it was presented.'),
    proof: proofSchema.optional().describe('The proof, to be verified here.'),
    jkt: thumbprint('the proof’s key')
      .optional()
      .describe('Instead of proof: the thumbprint of the key of a proof that you have verified yourself.'),
    certificate: thumbprint('the client’s certificate')
      .optional()
      .describe('Instead of proof: x5t#S256 of the certificate that the client has proven in your TLS.'),
    bearer: z
      .literal(true, 'must be true')
      .optional()
      .describe(
        'Instead of proof: a credential of before was presented as Bearer, so no key was shown (dangerously_allow_bearer).',
      ),
    model: z
      .string('must be the id of the model, or null where none is called')
      .min(1, 'must be the id of the model, or null where none is called')
      .max(256, 'is too long')
      .nullable()
      .describe('The id of the model, as the client spelled it; null for a request that calls none.'),
    // Whole micro-dollars: a fraction, a sign or a number beyond 2^53 would be counted wrongly.
    max_cost: z
      .int('must be a whole number of micro-dollars, at most 2^53 - 1')
      .min(0, 'must not be negative')
      .optional()
      .describe('The most that the call may cost, in whole micro-dollars. Tiers that count money need it.'),
    scope: z
      .string('must be scopes separated by spaces')
      .max(1024, 'is too long')
      .regex(
        /^[\x21\x23-\x5b\x5d-\x7e]+(?: [\x21\x23-\x5b\x5d-\x7e]+)*$/,
        'must be scopes separated by spaces',
      )
      .optional()
      .describe('Scopes that must all be granted.'),
    caller_address: z
      .union([z.ipv4(), z.ipv6()], 'must be an IP address')
      .optional()
      .describe('The address of the client, as you see it.'),
  })
  .refine(
    ({ proof, jkt, certificate, bearer }) =>
      [proof, jkt, certificate, bearer].filter((each) => each !== undefined).length === 1,
    'exactly one of proof, jkt and certificate must say how the key was shown',
  )
  .meta({
    description: 'One call. Exactly one of proof, jkt, certificate and bearer is there.',
    oneOf: ['proof', 'jkt', 'certificate', 'bearer'].map((name) => ({ required: [name] })),
  });

export const mostCalls = 100;

export const callBatchSchema = z
  .strictObject({
    calls: z
      .array(callSchema, 'must be a list of calls')
      .min(1, 'must have at least one call')
      .max(mostCalls, `must have at most ${mostCalls} calls`),
  })
  .describe('Several calls, each answered for itself.');

/** The question that the members of a JSON object ask; refused with a sentence for the resource server's author. */
export function readCallQuestions(members: Readonly<Record<string, unknown>>): Result<CallQuestions> {
  const batch = 'calls' in members;
  const parsed = batch ? callBatchSchema.safeParse(members) : callSchema.safeParse(members);
  if (!parsed.success) return refused('request_malformed', sayIssue(parsed.error));
  const calls = 'calls' in parsed.data ? parsed.data.calls : [parsed.data];
  return accepted({ batch, calls: calls.map(toRequest) });
}

function toRequest({ token, model, scope = '', ...rest }: z.output<typeof callSchema>): CallRequest {
  return {
    token,
    possession: possessionOf(rest),
    model: model ?? undefined,
    maxCost: rest.max_cost,
    scope: scope.split(' ').filter(Boolean),
    callerAddress: rest.caller_address,
  };
}

function possessionOf({
  proof,
  jkt,
  certificate = '',
  bearer,
}: Pick<z.output<typeof callSchema>, 'proof' | 'jkt' | 'certificate' | 'bearer'>): Possession {
  if (bearer) return { kind: 'bearer' };
  if (proof !== undefined) return { kind: 'proof', ...proof };
  return jkt === undefined ? { kind: 'certificate', thumbprint: certificate } : { kind: 'key', jkt };
}

function sayIssue({ issues }: z.ZodError): string {
  const [issue] = issues;
  const place = issue?.path.join('.') ?? '';
  if (issue?.code !== 'unrecognized_keys') return `${place} ${issue?.message}`.trim();
  const [name = ''] = issue.keys;
  return `${[...(place === '' ? [] : [place]), harmless(name)].join('.')} is no member of this request`;
}
