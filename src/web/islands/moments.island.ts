/** Says every time of day on the page in the browser's own zone. */
const { lang } = document.documentElement;
const format = new Intl.DateTimeFormat(lang === 'en' ? 'en-GB' : lang, {
  day: 'numeric',
  month: 'long',
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
});
for (const moment of document.querySelectorAll<HTMLTimeElement>('time[data-moment]')) {
  moment.textContent = format.format(new Date(moment.dateTime)).replace(' at ', ', ');
}
