/** The languages that we speak, as BCP 47 tags. The first is spoken to those who ask for none of them. */
export const locales = ['en', 'zh-Hant'] as const;
export type Locale = (typeof locales)[number];

/** What a request says about languages. */
export interface LanguageWishes {
  /** What the person chose on one of our pages. */
  readonly chosen?: string | undefined;
  /** OIDC Core §3.1.2.1: tags in order of preference, separated by spaces. */
  readonly uiLocales?: string | undefined;
  /** RFC 9110 §12.5.4 */
  readonly acceptLanguage?: string | undefined;
}

/** Her own choice before the app's wish, and that before the browser's setting. */
export function localeFor({ chosen, uiLocales, acceptLanguage }: LanguageWishes): Locale {
  const wishes = [chosen ?? '', ...(uiLocales ?? '').split(' '), ...byQuality(acceptLanguage ?? '')];
  for (const wish of wishes) {
    const locale = spoken(wish);
    if (locale) return locale;
  }
  return 'en';
}

/** Our language nearest to a tag. We write one Chinese, which readers of the other read better than English. */
export function spoken(tag: string): Locale | undefined {
  const [language] = tag.trim().toLowerCase().split('-');
  if (language === 'en') return 'en';
  return language === 'zh' ? 'zh-Hant' : undefined;
}

const mostTags = 20;

/** The tags of an Accept-Language header, most wanted first; those with q=0 are not wanted at all. */
function byQuality(header: string): string[] {
  return header
    .slice(0, 500)
    .split(',', mostTags)
    .map((item) => {
      const [tag = '', ...parameters] = item.split(';');
      const quality = parameters.map((each) => /^\s*q=([\d.]+)\s*$/i.exec(each)?.[1]).find(Boolean);
      return { tag: tag.trim(), quality: Number(quality ?? 1) };
    })
    .filter(({ quality }) => quality > 0)
    .sort((one, other) => other.quality - one.quality)
    .map(({ tag }) => tag);
}
