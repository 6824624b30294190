/** One relative distinguished name: its attributes, sorted, each as `TYPE=value`. */
type RelativeName = string;

/** Types that have more than one spelling (RFC 4514 §3, RFC 4519, OpenSSL's own). */
const spellings: Readonly<Record<string, string>> = {
  '2.5.4.3': 'CN',
  '2.5.4.5': 'SERIALNUMBER',
  '2.5.4.6': 'C',
  '2.5.4.7': 'L',
  '2.5.4.8': 'ST',
  S: 'ST',
  '2.5.4.9': 'STREET',
  '2.5.4.10': 'O',
  '2.5.4.11': 'OU',
  '0.9.2342.19200300.100.1.1': 'UID',
  USERID: 'UID',
  '0.9.2342.19200300.100.1.25': 'DC',
  '1.2.840.113549.1.9.1': 'EMAILADDRESS',
  E: 'EMAILADDRESS',
};

/**
 * Whether a certificate's subject is the registered one (RFC 8705 §2.1.2). Types match in any spelling, values letter for
 * letter: stricter than RFC 4517's matching, so that nobody is taken for another by a folding of ours.
 * @param subject as Node writes it: a line for each relative name, the most general first
 * @param registered as RFC 4514 writes it: the most specific first, separated by commas
 */
export function isSubject(subject: string, registered: string): boolean {
  const actual = subject.split('\n').map(readRelativeName).toReversed();
  const expected = split(registered, ',').map(readRelativeName);
  return (
    actual.length === expected.length &&
    actual.every((name, index) => name !== undefined && name === expected[index])
  );
}

/** Undefined for what is none: a type without a value, a value in hex (`#04…`), an escape that ends nowhere. */
function readRelativeName(text: string): RelativeName | undefined {
  const attributes = split(text, '+').map((attribute) => {
    const [, type = '', written = ''] =
      /^\s*([A-Za-z][A-Za-z0-9-]*|\d+(?:\.\d+)+)\s*=(.*)$/s.exec(attribute) ?? [];
    const value = unescape(written);
    const name = spellings[type.toUpperCase()] ?? type.toUpperCase();
    return type === '' || value === undefined ? undefined : JSON.stringify([name, value]);
  });
  return attributes.includes(undefined) ? undefined : attributes.toSorted(byText).join('+');
}

function byText(a = '', b = ''): number {
  return a < b ? -1 : Number(a > b);
}

/** Splits at each separator that no backslash stands before. */
function split(text: string, separator: string): string[] {
  const parts = [''];
  for (const [each] of text.matchAll(/\\[\s\S]|[\s\S]/g)) {
    if (each === separator) parts.push('');
    else parts[parts.length - 1] += each;
  }
  return parts;
}

/** RFC 4514 §2.4: pairs of hex digits are bytes of UTF-8, any other escaped character is itself; outer spaces are none. */
function unescape(written: string): string | undefined {
  const trimmed = written.replace(/^ +/, '').replace(/((?:^|[^\\])(?:\\\\)*) +$/, '$1');
  if (trimmed === '' || trimmed.startsWith('#')) return undefined;
  const bytes: Buffer[] = [];
  for (const [each] of trimmed.matchAll(/\\[0-9a-fA-F]{2}|\\?[\s\S]/gu)) {
    if (each === '\\') return undefined;
    if (/^\\[0-9a-fA-F]{2}$/.test(each)) bytes.push(Buffer.from(each.slice(1), 'hex'));
    else bytes.push(Buffer.from(each.startsWith('\\') ? each.slice(1) : each));
  }
  return Buffer.concat(bytes).toString('utf8');
}
