/** A mail as it arrived. */
export interface ReceivedMail {
  /** Everything, as it came over the wire. */
  readonly raw: string;
  /** Names in lower case, values unfolded and decoded. */
  readonly headers: ReadonlyMap<string, string>;
  /** Who it was addressed to on the wire. */
  readonly to: string;
  /** Of LetterKind, from `X-Holdfast-Mail`. */
  readonly kind: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  /** The code in it, if there is one. */
  readonly code: string | undefined;
  /** The link at its end, if there is one. */
  readonly link: string | undefined;
}

/** Reads what our server writes: two parts in multipart/alternative. `to`: the envelope's, where there was one. */
export function readMail(raw: string, to?: string): ReceivedMail {
  const { headers, body } = splitPart(raw.replaceAll('\r\n', '\n'));
  const boundary = /boundary="?([^";]+)"?/.exec(headers.get('content-type') ?? '')?.[1];
  if (boundary === undefined) throw new Error(`no two parts:\n${raw}`);
  const parts = body
    .split(`--${boundary}`)
    .slice(1, -1)
    .map((part) => splitPart(part.replace(/^\n/, '')));
  const part = (type: string) => {
    const found = parts.find(({ headers: own }) => own.get('content-type')?.startsWith(type));
    return found ? decodeBody(found.body, found.headers.get('content-transfer-encoding')) : '';
  };
  const text = part('text/plain');
  return {
    raw,
    headers,
    to: to ?? headers.get('to') ?? '',
    kind: headers.get('x-holdfast-mail') ?? '',
    subject: headers.get('subject') ?? '',
    text,
    html: part('text/html'),
    code: text.split('\n\n').find((paragraph) => /^[\w-]{4,40}( [\w-]+)*$/.test(paragraph.trim())),
    link: /https?:\/\/\S+(?=\s*$)/.exec(text)?.[0],
  };
}

function splitPart(part: string): { headers: Map<string, string>; body: string } {
  const end = part.indexOf('\n\n');
  const lines = part
    .slice(0, end)
    .replace(/\n[ \t]+/g, ' ')
    .split('\n');
  const headers = new Map(
    lines.map((line) => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon).toLowerCase(), decodeHeader(line.slice(colon + 1).trim())];
    }),
  );
  return { headers, body: part.slice(end + 2) };
}

/** Encoded words of RFC 2047; those that follow each other belong together. */
function decodeHeader(value: string): string {
  return value
    .replace(/\?=\s+=\?/g, '?==?')
    .replace(/(=\?utf-8\?[qb]\?[^?]*\?=)+/gi, (words) =>
      Buffer.concat(
        [...words.matchAll(/=\?utf-8\?([qb])\?([^?]*)\?=/gi)].map(([, encoding, text = '']) =>
          encoding?.toLowerCase() === 'b'
            ? Buffer.from(text, 'base64')
            : quotedPrintable(text.replaceAll('_', ' ')),
        ),
      ).toString(),
    );
}

function decodeBody(body: string, encoding = '7bit'): string {
  if (encoding === 'base64') return Buffer.from(body, 'base64').toString();
  if (encoding === 'quoted-printable') return quotedPrintable(body.replace(/=\n/g, '')).toString();
  return body;
}

function quotedPrintable(text: string): Buffer {
  return Buffer.from(
    Buffer.from(text)
      .toString('latin1')
      .replace(/=([0-9A-F]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    'latin1',
  );
}
