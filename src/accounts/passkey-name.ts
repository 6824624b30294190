import { z } from 'zod';
import { isPrintable } from '../lib/printable.js';
import { accepted, refused, type Result } from '../lib/result.js';

export const longestPasskeyName = 60;

const schema = z
  .string()
  .transform((text) => text.normalize('NFC').trim())
  .pipe(
    z
      .string()
      .min(1, 'the name is empty')
      .max(longestPasskeyName, `the name is longer than ${longestPasskeyName} characters`)
      .refine(isPrintable, 'the name holds control characters'),
  );

/** What a person calls a passkey. */
export function readPasskeyName(input: unknown): Result<string> {
  const parsed = schema.safeParse(input);
  if (parsed.success) return accepted(parsed.data);
  return refused('passkey_name_invalid', parsed.error.issues[0]?.message ?? 'name');
}
