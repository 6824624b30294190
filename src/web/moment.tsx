import type { Site } from './site.js';

interface Props {
  readonly site: Site;
  readonly at: Date;
  /** It is within a day or so: where it is still today, the time alone says it. */
  readonly near?: boolean;
}

/** A time of day; the browser's own zone takes the place of UTC where scripts run. */
export function Moment({ site, at, near = false }: Props) {
  const today = near ? site.words.common.today('{time}') : undefined;
  return (
    <time dateTime={at.toISOString()} data-moment data-today={today}>
      {momentIn(site, at)}
    </time>
  );
}

/** `22 November, 14:05 UTC`, in the site's language. */
function momentIn({ locale }: Site, at: Date): string {
  const format = new Intl.DateTimeFormat(locale === 'en' ? 'en-GB' : locale, {
    day: 'numeric',
    month: 'long',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    timeZone: 'UTC',
  });
  return `${format.format(at).replace(' at ', ', ')} UTC`;
}
