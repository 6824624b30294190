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
    .min(1, 'Please say what to call you.')
    .max(60, 'Sixty characters at most, please.')
    .refine(printable, 'Please use letters, digits and signs only.'),
  login: z
    .string()
    .trim()
    .max(254)
    .transform((text) => text.toLowerCase() || undefined)
    .pipe(z.email('That does not look like an e-mail address.').optional()),
});

/** `request_malformed` with a sentence for the person in `detail`. */
export function readProfile(input: { displayName: unknown; login: unknown }): Result<Profile> {
  const parsed = profileSchema.safeParse({ displayName: input.displayName ?? '', login: input.login ?? '' });
  if (!parsed.success) return refused('request_malformed', parsed.error.issues[0]?.message ?? 'profile');
  return accepted({ displayName: parsed.data.displayName, login: parsed.data.login });
}
