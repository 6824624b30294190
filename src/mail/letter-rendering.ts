import type { Letter } from './letter.js';
import type { MailMessage } from './mail-message.js';
import type { Phrasebook, Wording } from './phrasebook.js';
import { headerText, plainName } from './plain-name.js';

export interface Rendering {
  readonly issuer: string;
  readonly phrasebook: Phrasebook;
}

/** A letter as a mail: plain text, and the same in simple HTML without images, scripts or anything to fetch. */
export function renderLetter(
  letter: Letter,
  id: string,
  writtenAt: Date,
  { issuer, phrasebook }: Rendering,
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
    html: asHtml(wording, letter.locale, code, href),
    locale: letter.locale,
    writtenAt,
  };
}

function withPlainNames(values: object): object {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      typeof value === 'string' && name !== 'code' && name !== 'undoPath' ? plainName(value) : value,
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

function asText({ paragraphs, link }: Wording, code: string | undefined, href: string | undefined): string {
  const [first = '', ...rest] = paragraphs;
  const parts = [first, ...(code === undefined ? [] : [code]), ...rest];
  if (href !== undefined) parts.push(`${link?.label}:\n${href}`);
  return `${parts.join('\n\n')}\n`;
}

function asHtml(
  { paragraphs, link, subject }: Wording,
  locale: string,
  code: string | undefined,
  href: string | undefined,
): string {
  const [first = '', ...rest] = paragraphs.map((text) => `<p>${escape(text)}</p>`);
  const body = [
    first,
    ...(code === undefined
      ? []
      : [`<p style="font-size:28px;letter-spacing:4px"><strong>${escape(code)}</strong></p>`]),
    ...rest,
    ...(href === undefined ? [] : [`<p><a href="${escape(href)}">${escape(link?.label ?? href)}</a></p>`]),
  ];
  return [
    `<!doctype html><html lang="${escape(locale)}"><head><meta charset="utf-8">`,
    `<meta name="viewport" content="width=device-width"><title>${escape(subject)}</title></head>`,
    '<body style="margin:0 auto;max-width:400px;padding:24px;font:17px/26px system-ui,sans-serif">',
    ...body,
    '</body></html>\n',
  ].join('\n');
}

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
