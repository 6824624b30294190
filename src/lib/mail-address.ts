/** RFC 5321 §4.5.3.1.3: a path has 256 octets at most, two of them the angle brackets. */
const longest = 254;

/**
 * Whether a mail may be addressed so. Stricter than RFC 5322: no quotes, comments, spaces or control characters, so
 * that an address can't end the header it stands in, name a second recipient or become an SMTP command.
 */
export function isMailAddress(text: string): boolean {
  if (Buffer.byteLength(text) > longest) return false;
  return /^[^\s\p{C}<>()[\]\\,;:"@]{1,64}@[^\s\p{C}<>()[\]\\,;:"@]{1,253}$/u.test(text);
}
