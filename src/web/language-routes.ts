import type { Middleware } from 'koa';
import { languageCookie } from './language-choice.js';
import type { Site } from './site.js';
import { locales } from '../lib/locale.js';

/** `?lang=zh-Hant` at any page's address: the language links at the foot. Keeps the choice and shows the page again. */
export function languageRoutes({ origin }: Pick<Site, 'origin'>): Middleware {
  return async (ctx, next) => {
    if (ctx.method !== 'GET') return await next();
    const { lang, ...query } = ctx.query;
    const locale = locales.find((each) => each === lang);
    if (locale === undefined || !ctx.accepts('html')) return await next();
    ctx.append('Set-Cookie', languageCookie(locale, ctx.secure));
    ctx.set('Cache-Control', 'no-store');
    // Spelled out from our own origin: a path that begins with two slashes would lead elsewhere.
    const rest = new URLSearchParams(
      Object.entries(query).flatMap(([name, values]) => [values ?? []].flat().map((value) => [name, value])),
    ).toString();
    ctx.redirect(`${origin}${ctx.path}${rest === '' ? '' : `?${rest}`}`);
    ctx.status = 303;
  };
}
