import type { Locale } from '../lib/locale.js';
import type { Words } from './words/words.js';

/**
 * What a place is called: a country in the reader's language, or the server's own network.
 * @param place an ISO 3166 country, or `local`
 */
export function placeName(place: string, locale: Locale, { account }: Words): string {
  if (place === 'local') return account.thisNetwork;
  if (!/^[A-Z]{2}$/.test(place)) return place;
  return new Intl.DisplayNames([locale], { type: 'region', style: 'short' }).of(place) ?? place;
}

/** `Chrome on macOS` as this language says it. */
export function browserName(label: string | undefined, { account }: Words): string {
  if (label === undefined) return account.unknownBrowser;
  const [name, system] = label.split(' on ');
  return name && system ? account.browserOn(name, system) : label;
}
