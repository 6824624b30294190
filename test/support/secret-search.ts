/** Something that must not be found anywhere (law 7): a token, a code, a cookie, a client secret, a key's bytes. */
export interface Secret {
  readonly name: string;
  readonly value: string | Uint8Array;
}

/** Something that a thief may read: log lines, metrics, the rows of a table, an answer's body. */
export interface Haystack {
  readonly name: string;
  readonly text: string;
}

export interface Hit {
  readonly secret: string;
  readonly place: string;
  /** How it was written there: plain, base64, base64url, hex, percent-encoded. */
  readonly form: string;
}

/** Shorter ones would be found by chance. */
const shortest = 8;

/** Each place where a secret stands, plain or in one of the encodings that programs write by habit. */
export function findSecrets(secrets: readonly Secret[], haystacks: readonly Haystack[]): Hit[] {
  const folded = haystacks.map(({ name, text }) => ({ name, text, lower: text.toLowerCase() }));
  return secrets.flatMap((secret) =>
    formsOf(secret).flatMap(({ form, needle }) =>
      folded
        .filter(({ text, lower }) => (form === 'hex' ? lower : text).includes(needle))
        .map(({ name }) => ({ secret: secret.name, place: name, form })),
    ),
  );
}

interface Form {
  readonly form: string;
  readonly needle: string;
}

function formsOf({ name, value }: Secret): Form[] {
  const bytes = Buffer.from(value);
  if (bytes.length < shortest) throw new Error(`the secret ${name} is too short to be searched for`);
  const forms: Form[] = [
    { form: 'hex', needle: bytes.toString('hex') },
    ...base64Forms(bytes, 'base64'),
    ...base64Forms(bytes, 'base64url'),
  ];
  if (typeof value !== 'string') return unique(forms);
  return unique([
    { form: 'plain', needle: value },
    { form: 'plain', needle: JSON.stringify(value).slice(1, -1) },
    { form: 'percent-encoded', needle: encodeURIComponent(value) },
    { form: 'percent-encoded', needle: new URLSearchParams({ v: value }).toString().slice(2) },
    ...forms,
    ...decodedForms(value),
  ]);
}

/**
 * Base64 turns three bytes into four letters, so a secret inside something longer (`client:secret`) is written in one
 * of three ways, by where it begins. The letters that its neighbours share are left off.
 */
function base64Forms(bytes: Buffer, encoding: 'base64' | 'base64url'): Form[] {
  return [0, 1, 2].map((offset) => {
    const encoded = Buffer.concat([Buffer.alloc(offset), bytes])
      .toString(encoding)
      .replace(/=+$/, '');
    const ends = (offset + bytes.length) % 3 === 0 ? encoded.length : encoded.length - 1;
    return { form: encoding, needle: encoded.slice(offset === 0 ? 0 : offset + 1, ends) };
  });
}

/** A secret that is itself base64url of bytes, a key say, may have been written as those bytes. */
function decodedForms(value: string): Form[] {
  if (!/^[\w-]{22,}$/.test(value)) return [];
  const decoded = Buffer.from(value, 'base64url');
  return [
    { form: 'hex', needle: decoded.toString('hex') },
    { form: 'base64', needle: decoded.toString('base64').replace(/=+$/, '') },
  ];
}

function unique(forms: readonly Form[]): Form[] {
  const seen = new Set<string>();
  return forms.filter(({ needle }) => {
    if (seen.has(needle)) return false;
    seen.add(needle);
    return true;
  });
}
