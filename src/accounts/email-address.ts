import { domainToASCII } from 'node:url';
import { z } from 'zod';
import { foldMailAddress, isMailAddress, longestMailAddress, partsOf } from '../lib/mail-address.js';
import { accepted, refused, type Result } from '../lib/result.js';

/*
 * The part before the @ is ASCII: letters of other scripts that fold into ours (`ſ`, `K`, `ı`) would make two people's
 * addresses one, or send one's mail to the other.
 */
const asciiAddress = z.email();

/** The address that a person typed, as she typed it; `profile_invalid` when it is none. */
export function readEmailAddress(input: unknown): Result<string> {
  const none = refused('profile_invalid', 'this is no e-mail address');
  if (typeof input !== 'string') return none;
  const address = input.trim();
  if (address.length > longestMailAddress || !isMailAddress(address)) return none;
  const [local, domain = ''] = partsOf(address);
  return asciiAddress.safeParse(`${local}@${domainToASCII(domain)}`).success ? accepted(address) : none;
}

/** By which one address is known as the same. For sending, the stored one is used. */
export function foldedAddress(address: string): string {
  return foldMailAddress(address);
}
