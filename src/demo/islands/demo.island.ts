/*
 * The demo without a new page at each press: the same form is posted, and what comes back takes the place of the ledger.
 * All at once becomes one after another, so that it can be watched; another press ends that.
 */
const pause = 900;
const stage = document.querySelector<HTMLElement>('[data-demo]');
const status = document.querySelector<HTMLElement>('[data-demo-status]');
let running = 0;
let turn = Promise.resolve();

stage?.addEventListener('submit', (event) => {
  const { submitter } = event;
  if (!(submitter instanceof HTMLButtonElement)) return;
  event.preventDefault();
  const wish = submitter.value;
  const run = (running += 1);
  submitter.setAttribute('aria-busy', 'true');
  turn = turn
    .then(() => (wish === 'all' ? playAll(stage, run) : press(stage, wish)))
    .catch(() => location.reload());
});

async function playAll(place: HTMLElement, run: number): Promise<void> {
  while (run === running && place.querySelector('[value=next]') !== null) {
    await press(place, 'next');
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
}

async function press(place: HTMLElement, wish: string): Promise<void> {
  const form = place.querySelector('form');
  if (!form) return;
  const fields = new URLSearchParams();
  for (const [name, value] of new FormData(form)) if (typeof value === 'string') fields.append(name, value);
  fields.set('wish', wish);
  const answer = await fetch(form.action, { method: 'POST', body: fields });
  const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
  const fresh = page.querySelector('[data-demo]');
  if (!fresh) throw new Error('the answer is not the demo');
  show(place, fresh);
}

function show(place: HTMLElement, fresh: Element): void {
  const focused = place.contains(document.activeElement)
    ? document.activeElement?.getAttribute('value')
    : undefined;
  place.replaceChildren(...fresh.childNodes);
  if (focused !== undefined) {
    const same = place.querySelector<HTMLButtonElement>(`button[value="${focused}"]:enabled`);
    (same ?? place.querySelector<HTMLButtonElement>('button'))?.focus({ preventScroll: true });
  }
  if (status) status.textContent = place.querySelector<HTMLElement>('[data-news]')?.dataset['news'] ?? '';
  const calm = matchMedia('(prefers-reduced-motion: reduce)').matches;
  const now = place.querySelector('#now') ?? place.querySelector('.duel');
  now?.scrollIntoView({ block: 'nearest', behavior: calm ? 'auto' : 'smooth' });
}
