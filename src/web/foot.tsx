import { locales } from '../lib/locale.js';
import type { Site } from './site.js';
import { catalogue } from './words/words.js';

/** Where the person is, and the other languages, each by its own name. */
export function Foot({ site, width }: { site: Site; width: 'column' | 'wide' }) {
  return (
    <footer class={`${width} foot`}>
      <span>{site.words.common.youAreAt(<b>{site.host}</b>)}</span>
      {locales
        .filter((locale) => locale !== site.locale)
        .map((locale) => (
          <a key={locale} href={`?lang=${locale}`} hreflang={locale} lang={locale}>
            {catalogue[locale].common.language}
          </a>
        ))}
    </footer>
  );
}
