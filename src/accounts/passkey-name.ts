import { z } from 'zod';
import { accepted, refused, type Result } from '../lib/result.js';

export const longestPasskeyName = 60;

// Control characters, and those that turn the direction of the words around the name.
const unprintable = /[\p{Cc}\u202A-\u202E\u2066-\u2069]/u;

const schema = z
  .string()
  .transform((text) => text.normalize('NFC').trim())
  .pipe(
    z
      .string()
      .min(1, 'the name is empty')
      .max(longestPasskeyName, `the name is longer than ${longestPasskeyName} characters`)
      .refine((text) => !unprintable.test(text), 'the name holds control characters'),
  );

/** What a person calls a passkey. */
export function readPasskeyName(input: unknown): Result<string> {
  const parsed = schema.safeParse(input);
  if (parsed.success) return accepted(parsed.data);
  return refused('passkey_name_invalid', parsed.error.issues[0]?.message ?? 'name');
}
