import { domainToASCII } from 'node:url';

/** RFC 5321 §4.5.3.1.3: a path has 256 octets at most, two of them the angle brackets. */
export const longestMailAddress = 254;

/**
 * Whether a mail may be addressed so. Stricter than RFC 5322: no quotes, comments, spaces or control characters, so
 * that an address can't end the header it stands in, name a second recipient or become an SMTP command.
 */
export function isMailAddress(text: string): boolean {
  if (Buffer.byteLength(text) > longestMailAddress) return false;
  return /^[^\s\p{C}<>()[\]\\,;:"@]{1,64}@[^\s\p{C}<>()[\]\\,;:"@]{1,253}$/u.test(text);
}

/**
 * By which one address is known as the same, for uniqueness and counting: one Unicode form, lower case, the domain as
 * DNS knows it (`bücher.example` is `xn--bcher-kva.example`). For sending, what the person typed is used.
 */
export function foldMailAddress(address: string): string {
  const [local, domain] = partsOf(address.normalize('NFC').toLowerCase());
  return domain === undefined ? local : `${local}@${domainToASCII(domain) || domain}`;
}

/** What stands before and after the last `@`. */
export function partsOf(address: string): [local: string, domain: string | undefined] {
  const at = address.lastIndexOf('@');
  return at < 0 ? [address, undefined] : [address.slice(0, at), address.slice(at + 1)];
}
