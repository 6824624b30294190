const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** A whole number in base62, left-padded with zeros to `width`. Throws when it doesn't fit. */
export function toBase62(value: number, width: number): string {
  let rest = value;
  let digits = '';
  while (rest > 0) {
    digits = alphabet.charAt(rest % 62) + digits;
    rest = Math.floor(rest / 62);
  }
  if (digits.length > width) throw new RangeError(`${value} needs more than ${width} base62 digits`);
  return digits.padStart(width, '0');
}

/** The number that base62 `digits` stand for; undefined when a character is foreign. */
export function fromBase62(digits: string): number | undefined {
  let value = 0;
  for (const character of digits) {
    const digit = alphabet.indexOf(character);
    if (digit < 0) return undefined;
    value = value * 62 + digit;
  }
  return value;
}

/** `length` characters of base62, uniformly: bytes of 248 and above are thrown away rather than folded. */
export function randomBase62(random: { bytes(length: number): Buffer }, length: number): string {
  let text = '';
  while (text.length < length) {
    for (const byte of random.bytes(length * 2)) {
      if (byte < 248 && text.length < length) text += alphabet.charAt(byte % 62);
    }
  }
  return text;
}
