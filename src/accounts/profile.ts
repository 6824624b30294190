import { z } from 'zod';
import { accepted, refused, type Result } from '../lib/result.js';

/** What a person says about herself at sign-up. */
export interface Profile {
  readonly displayName: string;
  /** Her e-mail address, not verified. */
  readonly login: string | undefined;
}

// Control characters, and those that turn the direction of the words around the name.
const printable = (text: string) => !/[\p{Cc}\u202A-\u202E\u2066-\u2069]/u.test(text);

const profileSchema = z.object({
  displayName: z
    .string()
    .trim()
    .min(1, 'the name is empty')
    .max(60, 'the name is longer than 60 characters')
    .refine(printable, 'the name holds control characters'),
  login: z
    .string()
    .trim()
    .max(254)
    .transform((text) => text.toLowerCase() || undefined)
    .pipe(z.email('the login is no e-mail address').optional()),
});

/** `profile_invalid` when the name or the address can't stand. */
export function readProfile(input: { displayName: unknown; login: unknown }): Result<Profile> {
  const parsed = profileSchema.safeParse({ displayName: input.displayName ?? '', login: input.login ?? '' });
  if (!parsed.success) return refused('profile_invalid', parsed.error.issues[0]?.message ?? 'profile');
  return accepted({ displayName: parsed.data.displayName, login: parsed.data.login });
}
