import type { Wording } from './phrasebook.js';

export interface HtmlParts extends Wording {
  readonly brand: string;
  readonly locale: string;
  readonly code: string | undefined;
  /** Where the link leads. */
  readonly href: string | undefined;
}

/** The tokens of the pages (docs/DESIGN-SYSTEM.md), written out: mail programs know no variables and fetch nothing. */
const styles = `
body{margin:0;background:#fbfaf7;color:#16181d;font:17px/26px system-ui,-apple-system,"Segoe UI","PingFang TC","Noto Sans TC",sans-serif}
main{max-width:400px;margin:0 auto;padding:32px 24px}
p{margin:0 0 16px}
.brand{font-weight:600;margin:0 0 24px}
.code{font-size:40px;line-height:48px;letter-spacing:4px;font-variant-numeric:tabular-nums;margin:0 0 16px}
.quiet{font-size:15px;line-height:22px;color:#5a5f69;border-top:1px solid #e2e0d9;padding:16px 0 0}
.link{display:block;border:1px solid #16181d;border-radius:8px;color:#16181d;padding:12px 16px;text-align:center;text-decoration:none}
@media (prefers-color-scheme:dark){
body{background:#101114;color:#ecedee}
.quiet{color:#a3a7af;border-color:#2a2c31}
.link{border-color:#ecedee;color:#ecedee}
}`;

/** The HTML part: nothing in it is fetched, runs, or tells anybody that it was read. */
export function letterHtml({
  brand,
  locale,
  subject,
  paragraphs,
  facts,
  link,
  code,
  href,
}: HtmlParts): string {
  const [first = '', ...rest] = paragraphs.map((text) => `<p>${lines(text)}</p>`);
  const body = [
    `<p class="brand">${escape(brand)}</p>`,
    first,
    ...(code === undefined ? [] : [`<p class="code"><strong>${escape(code)}</strong></p>`]),
    ...rest,
    ...(href === undefined
      ? []
      : [`<p><a class="link" href="${escape(href)}">${escape(link?.label ?? href)}</a></p>`]),
    `<p class="quiet">${lines(facts)}</p>`,
  ];
  return [
    `<!doctype html><html lang="${escape(locale)}"><head><meta charset="utf-8">`,
    '<meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark">',
    `<title>${escape(subject)}</title><style>${styles}</style></head><body><main>`,
    ...body,
    '</main></body></html>\n',
  ].join('\n');
}

function lines(text: string): string {
  return escape(text).replaceAll('\n', '<br>');
}

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
