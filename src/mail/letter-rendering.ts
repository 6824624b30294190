import { letterHtml } from './letter-html.js';
import type { Letter } from './letter.js';
import type { MailMessage } from './mail-message.js';
import type { Phrasebook, Wording } from './phrasebook.js';
import { headerText, plainName } from './plain-name.js';

export interface Rendering {
  readonly brand: string;
  readonly issuer: string;
  readonly phrasebook: Phrasebook;
}

/** A letter as a mail: plain text, and the same in simple HTML without images, scripts or anything to fetch. */
export function renderLetter(
  letter: Letter,
  id: string,
  writtenAt: Date,
  { brand, issuer, phrasebook }: Rendering,
): MailMessage {
  const harmless = { ...letter, values: withPlainNames(letter.values) } as Letter;
  const wording = phrasebook.wording(harmless, writtenAt);
  const code = 'code' in letter.values ? typedCode(letter.values.code) : undefined;
  const href = wording.link && ownLink(wording.link.path, issuer);
  return {
    id,
    kind: letter.kind,
    to: letter.to,
    subject: headerText(wording.subject),
    text: asText(wording, code, href),
    html: letterHtml({ ...wording, brand: headerText(brand), locale: letter.locale, code, href }),
    locale: letter.locale,
    writtenAt,
  };
}

/** Ours, and spoiled by a character that breaks names. */
const asIs = new Set(['code', 'undoPath', 'approvePath']);

function withPlainNames(values: object): object {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      typeof value === 'string' && !asIs.has(name) ? plainName(value) : value,
    ]),
  );
}

function typedCode(code: string): string {
  if (!/^[\w -]{1,40}$/.test(code)) throw new TypeError('the code is not one that can be typed');
  return code;
}

/** Mails link to the issuer alone: whatever stands in a path, it stays there. */
function ownLink(path: string, issuer: string): string {
  const url = new URL(path, issuer);
  if (!path.startsWith('/') || url.origin !== new URL(issuer).origin) {
    throw new TypeError('the link leads away from the issuer');
  }
  return url.href;
}

function asText(
  { paragraphs, facts, link }: Wording,
  code: string | undefined,
  href: string | undefined,
): string {
  const [first = '', ...rest] = paragraphs;
  const parts = [first, ...(code === undefined ? [] : [code]), ...rest, facts];
  if (link !== undefined && href !== undefined) parts.push(`${link.label}:\n${href}`);
  return `${parts.join('\n\n')}\n`;
}
