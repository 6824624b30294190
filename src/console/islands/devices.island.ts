/*
 * Keeps the list of devices fresh while somebody looks at it. [data-live=ADDRESS] is a list that ADDRESS shows too: its
 * rows are compared by their `data-row`, and what another page or device changed takes the place of what stood here.
 * Nothing moves under a finger: rows keep their places, new ones come last, and one that is gone says so where it was.
 */
interface Words {
  /** With {name}. */
  readonly appeared: string;
  readonly ended: string;
  readonly gone: string;
  readonly stale: string;
}

const every = 5000;
/** Nobody touched the page for so long: asking on would keep a session alive that nobody uses. */
const patience = 5 * 60_000;

const list = document.querySelector<HTMLElement>('[data-live]');
if (list) keepFresh(list);

function keepFresh(place: HTMLElement): void {
  const said = JSON.parse(place.dataset['words'] ?? '{}') as Words;
  const status = place.querySelector<HTMLElement>('[data-live-status]');
  let timer: ReturnType<typeof setTimeout> | undefined;
  let touched = performance.now();
  let asking = false;
  const say = (text: string) => {
    if (status && status.textContent !== text) status.textContent = text;
  };
  const refresh = async () => {
    clearTimeout(timer);
    timer = undefined;
    if (asking || document.hidden || performance.now() - touched > patience) return;
    asking = true;
    try {
      const fresh = await freshList(place.dataset['live'] ?? '');
      if (fresh && !place.querySelector(':active')) merge(place, fresh, said, say);
    } catch {
      say(said.stale);
    }
    asking = false;
    timer = setTimeout(() => void refresh(), every);
  };
  const wake = () => {
    touched = performance.now();
    timer ??= asking ? undefined : setTimeout(() => void refresh(), every);
  };
  for (const input of ['pointermove', 'pointerdown', 'keydown', 'scroll']) {
    addEventListener(input, wake, { passive: true });
  }
  document.addEventListener('visibilitychange', () => {
    touched = performance.now();
    void refresh();
  });
  wake();
}

/** Undefined when the session is over; the page is then on its way to where she signs in. */
async function freshList(address: string): Promise<Element | undefined> {
  const answer = await fetch(address, { redirect: 'manual' });
  if (answer.type === 'opaqueredirect') {
    location.reload();
    return undefined;
  }
  if (!answer.ok) throw new Error(String(answer.status));
  const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
  return page.querySelector('[data-live]') ?? undefined;
}

/** Says what she would else not notice. What was said stays until there is more to say. */
function merge(place: HTMLElement, fresh: Element, said: Words, say: (text: string) => void): void {
  const rows = new Map(rowsOf(place).map((row) => [row.dataset['row'], row]));
  const news: string[] = [];
  const tell = (words: string, { dataset }: HTMLElement) =>
    news.push(words.replace('{name}', dataset['name'] ?? ''));
  for (const row of rowsOf(fresh)) {
    const old = rows.get(row.dataset['row']);
    rows.delete(row.dataset['row']);
    if (!old) {
      place.querySelector('ul')?.append(row);
      tell(said.appeared, row);
    } else {
      if (old.querySelector('form') && !row.querySelector('form')) tell(said.ended, row);
      update(old, row);
    }
  }
  for (const row of rows.values()) {
    const form = row.querySelector('form');
    if (!form) continue;
    form.remove();
    const note = row.querySelector('p');
    if (note) note.textContent = said.gone;
    tell(said.ended, row);
  }
  if (news.length > 0) say(news.join(' '));
  else if (place.querySelector('[data-live-status]')?.textContent === said.stale) say('');
}

/** Only what differs, so that what has the focus keeps it. */
function update(old: Element, fresh: Element): void {
  const [olds, freshes] = [[...old.children], [...fresh.children]];
  const alike =
    olds.length === freshes.length && olds.every(({ tagName }, n) => tagName === freshes[n]?.tagName);
  if (alike && old.textContent === fresh.textContent) return;
  if (alike && /^(LI|DIV)$/.test(old.tagName)) {
    freshes.forEach((part, n) => olds[n] && update(olds[n], part));
    return;
  }
  const focused = old.contains(document.activeElement);
  old.replaceWith(fresh);
  if (focused) fresh.querySelector<HTMLElement>('a, button')?.focus();
}

function rowsOf(place: Element): HTMLElement[] {
  return [...place.querySelectorAll<HTMLElement>('[data-row]')];
}

export {};
