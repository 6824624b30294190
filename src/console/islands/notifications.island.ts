/*
 * Turns notifications on for this browser: form[data-push-on=KEY] is sent with what `pushManager.subscribe` gave, in the
 * hidden field `subscription`. form[data-push-off=ID] ends one; where it is this browser's own, the browser is told too.
 */
interface Words {
  readonly here: string;
  readonly waiting: string;
  readonly unsupported: string;
  readonly blocked: string;
  readonly failed: string;
}

const worker = '/push.js';
const form = document.querySelector<HTMLFormElement>('form[data-push-on]');
if (form) void begin(form);

async function begin(place: HTMLFormElement): Promise<void> {
  const said = JSON.parse(place.dataset['words'] ?? '{}') as Words;
  const button = place.querySelector<HTMLButtonElement>('[data-push-button]');
  const words = place.querySelector<HTMLElement>('[data-push-words]');
  const status = place.querySelector<HTMLElement>('[data-push-status]');
  if (!button || !words || !status) return;
  if (!('serviceWorker' in navigator && 'PushManager' in globalThis && 'Notification' in globalThis)) {
    button.disabled = true;
    status.textContent = said.unsupported;
    return;
  }
  const say = (text: string) => {
    status.dataset['kind'] = text === '' ? '' : 'problem';
    status.textContent = text;
  };
  let busy = false;
  place.addEventListener('submit', (event) => {
    event.preventDefault();
    if (busy) return;
    busy = true;
    const ready = words.textContent;
    button.setAttribute('aria-busy', 'true');
    words.textContent = said.waiting;
    say('');
    void turnOn(place, said)
      .catch(() => said.failed)
      .then((problem) => {
        if (problem === undefined) return;
        say(problem);
        words.textContent = ready;
        button.removeAttribute('aria-busy');
        busy = false;
      });
  });
  await markOwn(button, words, said);
}

/** What went wrong, in words; undefined when the form is on its way. */
async function turnOn(place: HTMLFormElement, said: Words): Promise<string | undefined> {
  if ((await Notification.requestPermission()) !== 'granted') return said.blocked;
  await navigator.serviceWorker.register(worker, { scope: '/' });
  const { pushManager } = await navigator.serviceWorker.ready;
  // One that was made for another key would be refused, and one that the server has forgotten is no loss.
  await (await pushManager.getSubscription())?.unsubscribe();
  const applicationServerKey = bytesOf(place.dataset['pushOn'] ?? '');
  const subscription = await pushManager.subscribe({ userVisibleOnly: true, applicationServerKey });
  const field = place.elements.namedItem('subscription') as HTMLInputElement;
  field.value = JSON.stringify(subscription);
  place.submit();
  return undefined;
}

/** Whether one of the rows is of this browser: then there is nothing to turn on, and turning it off tells the browser. */
async function markOwn(button: HTMLButtonElement, words: HTMLElement, said: Words): Promise<void> {
  const registration = await navigator.serviceWorker.getRegistration('/');
  const own = await registration?.pushManager.getSubscription();
  if (!own) return;
  const digest = new Uint8Array(
    await crypto.subtle.digest('SHA-256', new TextEncoder().encode(own.endpoint)),
  );
  const id = btoa(String.fromCharCode(...digest))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
  const row = document.querySelector<HTMLFormElement>(`form[data-push-off="${id}"]`);
  if (!row) return;
  button.disabled = true;
  words.textContent = said.here;
  row.addEventListener('submit', (event) => {
    event.preventDefault();
    void own.unsubscribe().finally(() => row.submit());
  });
}

function bytesOf(base64url: string): Uint8Array<ArrayBuffer> {
  const text = atob(base64url.replaceAll('-', '+').replaceAll('_', '/'));
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

export {};
