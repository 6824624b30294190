import type { IncomingHttpHeaders } from 'node:http';
import type { Config } from '../config/schema.js';
import { isLoopbackHost } from '../lib/hosts.js';
import type { Assets } from './assets.js';
import { type Look, ownLook } from './look.js';
import { chosenLanguage } from './language-choice.js';
import { type Locale, localeFor } from '../lib/locale.js';
import { catalogue, type Words } from './words/words.js';

/** What every page must know about where it stands, and in which language it speaks. */
export interface Site {
  readonly brand: string;
  readonly look: Look;
  /** The issuer's origin: forms may post here. */
  readonly origin: string;
  /** Host and port of the issuer, shown in the footer. */
  readonly host: string;
  /** On a loopback issuer an error page tells the whole reason (law 8). */
  readonly loopback: boolean;
  readonly assets: Assets;
  readonly locale: Locale;
  readonly words: Words;
}

/** The site in English; `siteFor` gives it the language of a request. */
export function siteOf(
  { issuer, brand }: Pick<Config, 'issuer'> & { readonly brand: Pick<Config['brand'], 'name'> },
  assets: Assets,
  look: Look = ownLook,
): Site {
  const { host, hostname, origin } = new URL(issuer);
  const loopback = isLoopbackHost(hostname);
  return { brand: brand.name, look, origin, host, loopback, assets, locale: 'en', words: catalogue.en };
}

/**
 * The site in the language of whoever sent the request.
 * @param uiLocales the parameter of an authorization or logout request, where there is one
 */
export function siteFor(site: Site, headers: IncomingHttpHeaders, uiLocales?: unknown): Site {
  const locale = localeFor({
    chosen: chosenLanguage(headers.cookie),
    uiLocales: typeof uiLocales === 'string' ? uiLocales : undefined,
    acceptLanguage: headers['accept-language'],
  });
  return { ...site, locale, words: catalogue[locale] };
}
