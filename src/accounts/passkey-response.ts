import { z } from 'zod';
import { accepted, refused, type Result } from '../lib/result.js';

/*
 * What a browser sends at the end of a ceremony, before anything in it is believed. Strict in shape and size, so
 * that whatever fails later failed for a reason of WebAuthn's.
 */
const base64url = (longest: number) =>
  z
    .string()
    .max(longest)
    .regex(/^[A-Za-z0-9_-]+$/);

// WebAuthn L3 §7.1 step 25: a credential id has at most 1023 bytes.
const credentialId = base64url(Math.ceil((1023 * 4) / 3));
const clientDataJSON = base64url(4096);
const common = {
  id: credentialId,
  rawId: credentialId,
  type: z.literal('public-key'),
  authenticatorAttachment: z.enum(['platform', 'cross-platform']).optional(),
  clientExtensionResults: z.looseObject({}).default({}),
};

const registrationSchema = z.object({
  ...common,
  response: z.object({
    clientDataJSON,
    attestationObject: base64url(32_768),
    transports: z.array(z.string().max(32)).max(8).optional(),
  }),
});

const assertionSchema = z.object({
  ...common,
  response: z.object({
    clientDataJSON,
    authenticatorData: base64url(4096),
    signature: base64url(4096),
    userHandle: base64url(88).nullish(),
  }),
});

export type RegistrationResponse = z.output<typeof registrationSchema>;
export type AssertionResponse = z.output<typeof assertionSchema>;

export function readRegistrationResponse(input: unknown): Result<RegistrationResponse> {
  return read(registrationSchema, input);
}

export function readAssertionResponse(input: unknown): Result<AssertionResponse> {
  return read(assertionSchema, input);
}

function read<Output>(schema: z.ZodType<Output>, input: unknown): Result<Output> {
  const parsed = schema.safeParse(input);
  if (parsed.success) return accepted(parsed.data);
  const [issue] = parsed.error.issues;
  return refused('passkey_rejected', `${issue?.path.join('.') || 'the response'}: ${issue?.message}`);
}
