import {
  browserSupportsWebAuthn,
  startAuthentication,
  startRegistration,
  WebAuthnError,
} from '@simplewebauthn/browser';
import type { Words } from '../../web/words/words.js';

/*
 * Runs the passkey ceremony of the login page (`data-passkey="sign-in"`, a button) or of the sign-up page
 * (`"sign-up"`, a form). The server decides everything; this asks the browser and says what came of it.
 */
type Json = Record<string, unknown>;
/** `words.passkeys.script`, which the page hands over in `data-words`. */
type Said = Words['passkeys']['script'];
type AuthenticationOptions = Parameters<typeof startAuthentication>[0]['optionsJSON'];
type RegistrationOptions = Parameters<typeof startRegistration>[0]['optionsJSON'];

const place = document.querySelector<HTMLElement>('[data-passkey]');
if (place) begin(place);

function begin(root: HTMLElement): void {
  const button = root.querySelector<HTMLButtonElement>('[data-passkey-start]');
  const words = root.querySelector<HTMLElement>('[data-passkey-words]');
  const status = root.querySelector<HTMLElement>('[data-passkey-status]');
  if (!button || !words || !status) return;
  const said = JSON.parse(root.dataset['words'] ?? '{}') as Said;
  const say = (text: string, kind = '') => {
    status.dataset['kind'] = kind;
    status.textContent = text;
  };
  if (!browserSupportsWebAuthn()) {
    button.disabled = true;
    say(said.unsupported, 'problem');
    return;
  }
  const ready = words.textContent;
  let busy = false;
  const run = async () => {
    if (busy) return;
    busy = true;
    button.setAttribute('aria-busy', 'true');
    words.textContent = said.waiting;
    say('');
    try {
      location.assign(await ceremony(root, said));
      words.textContent = said.signingIn;
    } catch (error) {
      say(sentenceFor(error, said), 'problem');
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
async function ceremony(root: HTMLElement, said: Said): Promise<string> {
  const { passkey, base, csrf } = root.dataset;
  const path = `${base}/passkey/${passkey}`;
  const fields = root instanceof HTMLFormElement ? Object.fromEntries(new FormData(root)) : {};
  const options = await post(`${path}/options`, { ...fields, csrf }, said);
  const response =
    passkey === 'sign-up'
      ? await startRegistration({ optionsJSON: options as unknown as RegistrationOptions })
      : await startAuthentication({ optionsJSON: options as unknown as AuthenticationOptions });
  const { location: next } = await post(`${path}/result`, { csrf, response }, said);
  return String(next);
}

class Refused extends Error {}

async function post(path: string, body: Json, said: Said): Promise<Json> {
  const answer = await fetch(path, {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      Accept: 'application/json',
      'Accept-Language': document.documentElement.lang,
    },
    body: JSON.stringify(body),
  });
  const json = (await answer.json()) as Json;
  if (answer.ok) return json;
  const { error_description: reason, request_id: id } = json;
  throw new Refused(typeof id === 'string' ? `${String(reason)} ${said.requestId} ${id}` : String(reason));
}

function sentenceFor(error: unknown, said: Said): string {
  if (error instanceof Refused) return error.message;
  const cause = error instanceof WebAuthnError ? error.cause : error;
  const name = cause instanceof Error ? cause.name : '';
  return said[sentences[name] ?? 'failed'];
}

const sentences: Record<string, keyof Said> = {
  NotAllowedError: 'notUsed',
  AbortError: 'notUsed',
  InvalidStateError: 'exists',
  SecurityError: 'wrongAddress',
  NotSupportedError: 'noneFits',
};
