import { type Locale, spoken } from '../lib/locale.js';

const cookieName = 'holdfast_language';
const year = 31_536_000;

/** The language that the person chose here before, from the Cookie header. */
export function chosenLanguage(cookies: string | undefined): Locale | undefined {
  const value = /(?:^|;\s*)holdfast_language=([\w-]{2,20})(?:;|$)/.exec(cookies ?? '')?.[1];
  return value === undefined ? undefined : spoken(value);
}

/** The cookie that keeps the choice. It says nothing about anybody, so it may outlive every session. */
export function languageCookie(locale: Locale, secure: boolean): string {
  const attributes = `Path=/; Max-Age=${year}; HttpOnly; SameSite=Lax`;
  return `${cookieName}=${locale}; ${attributes}${secure ? '; Secure' : ''}`;
}
