import type { Site } from './site.js';

const day = 86_400;
/** Seconds from which on a larger unit says it better. */
const units = [
  ['hour', 3600],
  ['minute', 60],
] as const;

interface Props {
  readonly site: Site;
  readonly at: Date;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** `just now`, `2 hours ago`, `yesterday`, `3 March 2026`: near times by their distance, which needs no time zone. */
export function Ago({ site, at, now }: Props) {
  return <time dateTime={at.toISOString()}>{agoIn(site, at, now)}</time>;
}

function agoIn({ locale, words }: Site, at: Date, now: number): string {
  const seconds = Math.max(0, Math.floor((now - at.getTime()) / 1000));
  if (seconds >= 7 * day) return dayIn(locale, at);
  const format = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' });
  if (seconds >= day) return format.format(-Math.floor(seconds / day), 'day');
  const near = units.find(([, least]) => seconds >= least);
  if (!near) return words.account.justNow;
  const [unit, length] = near;
  return format.format(-Math.floor(seconds / length), unit);
}

function dayIn(locale: Site['locale'], at: Date): string {
  const tag = locale === 'en' ? 'en-GB' : locale;
  return new Intl.DateTimeFormat(tag, { dateStyle: 'long', timeZone: 'UTC' }).format(at);
}
