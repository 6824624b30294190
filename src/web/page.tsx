import type { ComponentChildren } from 'preact';
import { BrandMark, brandIcon } from './brand-mark.js';
import type { Site } from './site.js';
import { locales } from '../lib/locale.js';
import { catalogue } from './words/words.js';

export interface PageProps {
  readonly site: Site;
  /** The page's own words; the brand follows. */
  readonly title: string;
  /** Plain names of the islands it needs. */
  readonly scripts?: readonly string[];
  /** False where answers stand at the foot. */
  readonly foot?: boolean;
  readonly children: ComponentChildren;
}

/** The sheet: one column, one decision, and at its foot where the person is. */
export function Page({ site, title, scripts = [], foot = true, children }: PageProps) {
  return (
    <html lang={site.locale}>
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover" />
        <meta name="color-scheme" content="light dark" />
        <meta name="robots" content="noindex" />
        <title>{`${title} · ${site.brand}`}</title>
        <link rel="icon" href={brandIcon} />
        <link rel="stylesheet" href={site.assets.url('holdfast.css')} />
        {[...scripts, 'moments.js'].map((name) => (
          <script key={name} type="module" src={site.assets.url(name)} />
        ))}
      </head>
      <body class="sheet">
        <header class="column">
          <a class="brand" href="/">
            <BrandMark />
            {site.brand}
          </a>
        </header>
        <main class="column">{children}</main>
        {foot && (
          <footer class="column foot">
            <span>{site.words.common.youAreAt(<b>{site.host}</b>)}</span>
            <LanguageLinks site={site} />
          </footer>
        )}
      </body>
    </html>
  );
}

/** Each other language by its own name. */
function LanguageLinks({ site }: { site: Site }) {
  return locales
    .filter((locale) => locale !== site.locale)
    .map((locale) => (
      <a key={locale} href={`?lang=${locale}`} hreflang={locale} lang={locale}>
        {catalogue[locale].common.language}
      </a>
    ));
}
