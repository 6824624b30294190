/** Control characters, and those that turn the direction of the words around them. */
const unprintable = /[\p{Cc}\u202A-\u202E\u2066-\u2069]/gu;

/** `text` with `instead` in place of each character that prints nothing itself and spoils what stands around it. */
export function printable(text: string, instead = ''): string {
  return text.replace(unprintable, instead);
}

export function isPrintable(text: string): boolean {
  return printable(text) === text;
}
