const longest = 80;

/**
 * A name that somebody chose (a passkey's, an app's) as a mail may repeat it: on one line, without control or direction
 * marks, and so that no mail program makes a link of it: a thief who may name things must not write our mails.
 */
export function plainName(text: string): string {
  const line = text
    .normalize('NFC')
    .replace(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  const characters = Array.from(line);
  const short = characters.length > longest ? `${characters.slice(0, longest).join('')}…` : line;
  // U+2060 is not seen and breaks a word in two.
  return short.replace(/(?<=\S)[.:/@](?=\S)/g, '$&\u2060');
}

/** A header's text on one line (RFC 5322 §2.2: a header ends at CRLF). */
export function headerText(text: string): string {
  return text
    .replace(/[\p{Cc}\u2028\u2029]+/gu, ' ')
    .trim()
    .slice(0, 200);
}
