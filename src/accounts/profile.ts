import { z } from 'zod';
import { chosenName } from '../lib/chosen-name.js';
import { isPrintable } from '../lib/printable.js';
import { accepted, refused, type Result } from '../lib/result.js';
import { readEmailAddress } from './email-address.js';

/** What a person says about herself at sign-up. */
export interface Profile {
  readonly displayName: string;
  /** As she typed it. */
  readonly email: string | undefined;
}

const nameSchema = z
  .string()
  .trim()
  .min(1, 'the name is empty')
  .max(60, 'the name is longer than 60 characters')
  .refine(isPrintable, 'the name holds control characters')
  .refine((text) => chosenName(text) !== '', 'nothing of the name can be seen');

/** `profile_invalid` when the name or the address can't stand. */
export function readProfile(input: { displayName: unknown; email: unknown }): Result<Profile> {
  const name = nameSchema.safeParse(input.displayName ?? '');
  if (!name.success) return refused('profile_invalid', name.error.issues[0]?.message ?? 'the name');
  const displayName = name.data;
  const { email } = input;
  if (email === undefined || email === null || (typeof email === 'string' && email.trim() === '')) {
    return accepted({ displayName, email: undefined });
  }
  const address = readEmailAddress(email);
  return address.ok ? accepted({ displayName, email: address.value }) : address;
}
