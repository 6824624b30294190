/** Says every time of day on the page in the browser's own zone. */
const { lang } = document.documentElement;
const format = new Intl.DateTimeFormat(lang === 'en' ? 'en-GB' : lang, {
  day: 'numeric',
  month: 'long',
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
});
const time = new Intl.DateTimeFormat(format.resolvedOptions().locale, {
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
});
for (const moment of document.querySelectorAll<HTMLTimeElement>('time[data-moment]')) {
  const at = new Date(moment.dateTime);
  const { today } = moment.dataset;
  moment.textContent =
    today !== undefined && at.toDateString() === new Date(performance.timeOrigin).toDateString()
      ? today.replace('{time}', time.format(at))
      : format.format(at).replace(' at ', ', ');
}
