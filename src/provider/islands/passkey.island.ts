import {
  browserSupportsWebAuthn,
  startAuthentication,
  startRegistration,
  WebAuthnError,
} from '@simplewebauthn/browser';

/*
 * Runs the passkey ceremony of the login page (`data-passkey="sign-in"`, a button) or of the sign-up page
 * (`"sign-up"`, a form). The server decides everything; this asks the browser and says what came of it.
 */
type Json = Record<string, unknown>;
type AuthenticationOptions = Parameters<typeof startAuthentication>[0]['optionsJSON'];
type RegistrationOptions = Parameters<typeof startRegistration>[0]['optionsJSON'];

const place = document.querySelector<HTMLElement>('[data-passkey]');
if (place) begin(place);

function begin(root: HTMLElement): void {
  const button = root.querySelector<HTMLButtonElement>('[data-passkey-start]');
  const words = root.querySelector<HTMLElement>('[data-passkey-words]');
  const status = root.querySelector<HTMLElement>('[data-passkey-status]');
  if (!button || !words || !status) return;
  const say = (text: string, kind = '') => {
    status.dataset['kind'] = kind;
    status.textContent = text;
  };
  if (!browserSupportsWebAuthn()) {
    button.disabled = true;
    say('This browser can’t use passkeys here. Update it, or open this page in another one.', 'problem');
    return;
  }
  const ready = words.textContent;
  let busy = false;
  const run = async () => {
    if (busy) return;
    busy = true;
    button.setAttribute('aria-busy', 'true');
    words.textContent = 'Waiting for your passkey…';
    say('');
    try {
      location.assign(await ceremony(root));
      words.textContent = 'Signing you in…';
    } catch (error) {
      say(sentenceFor(error), 'problem');
      words.textContent = ready;
      button.removeAttribute('aria-busy');
      busy = false;
    }
  };
  if (root instanceof HTMLFormElement) {
    root.addEventListener('submit', (event) => {
      event.preventDefault();
      void run();
    });
  } else {
    button.addEventListener('click', () => void run());
  }
  // Back from the app: the page may come out of the browser's memory, still waiting.
  addEventListener('pageshow', (event) => event.persisted && location.reload());
}

/** Returns where to go next. */
async function ceremony(root: HTMLElement): Promise<string> {
  const { passkey, base, csrf } = root.dataset;
  const path = `${base}/passkey/${passkey}`;
  const fields = root instanceof HTMLFormElement ? Object.fromEntries(new FormData(root)) : {};
  const options = await post(`${path}/options`, { ...fields, csrf });
  const response =
    passkey === 'sign-up'
      ? await startRegistration({ optionsJSON: options as unknown as RegistrationOptions })
      : await startAuthentication({ optionsJSON: options as unknown as AuthenticationOptions });
  const { location: next } = await post(`${path}/result`, { csrf, response });
  return String(next);
}

class Refused extends Error {}

async function post(path: string, body: Json): Promise<Json> {
  const answer = await fetch(path, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Accept: 'application/json' },
    body: JSON.stringify(body),
  });
  const json = (await answer.json()) as Json;
  if (answer.ok) return json;
  const { error_description: said, request_id: id } = json;
  throw new Refused(typeof id === 'string' ? `${String(said)} Request id: ${id}` : String(said));
}

function sentenceFor(error: unknown): string {
  if (error instanceof Refused) return error.message;
  const cause = error instanceof WebAuthnError ? error.cause : error;
  const name = cause instanceof Error ? cause.name : '';
  return sentences[name] ?? 'That did not work. Check your connection and try again.';
}

const sentences: Record<string, string> = {
  NotAllowedError: 'No passkey was used. You can try again.',
  AbortError: 'No passkey was used. You can try again.',
  InvalidStateError: 'This device has a passkey for you already. Sign in with it.',
  SecurityError: 'Passkeys don’t work at this address. Check that it is the right one.',
  NotSupportedError: 'This device has no passkey that we can use.',
};
