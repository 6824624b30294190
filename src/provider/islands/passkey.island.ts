import { startAuthentication, startRegistration } from '@simplewebauthn/browser';
import { type Json, post, Refused, type Said } from '../../web/islands/ceremony.js';
import { ceremonyButton } from '../../web/islands/ceremony-button.js';
import { type OwnSignals, signalGone, signalOwn } from '../../web/islands/signals.js';
import { type Assertion, type AuthenticationOptions, Autofill } from './autofill.js';

/*
 * Runs the passkey ceremony of the login page (`data-passkey="sign-in"`: a button, the e-mail field and its list), or
 * of a page where one is created (`"sign-up"`, `"recovery"`). The server decides everything; this asks the browser and
 * says what came of it.
 */
type RegistrationOptions = Parameters<typeof startRegistration>[0]['optionsJSON'];

function begin(root: HTMLElement): void {
  const started = ceremonyButton(root, 'passkey', {
    begun: () => autofill?.stop(),
    failed: () => void autofill?.offer(),
  });
  if (!started) return;
  const { button, words, said } = started;
  const ceremony = new Ceremony(root, said);
  const run = (work: () => Promise<string>) =>
    started.run(async () => {
      location.assign(await work());
      words.textContent = said.signingIn;
    });
  const signIn = root.dataset['passkey'] === 'sign-in';
  const autofill = signIn
    ? new Autofill({
        options: () => ceremony.signInOptions(),
        picked: (assertion) => void run(() => ceremony.signInWith(assertion)),
      })
    : undefined;
  const start = () => run(() => (signIn ? ceremony.signIn() : ceremony.signUp()));
  if (!(root instanceof HTMLFormElement)) button.addEventListener('click', () => void start());
  root.addEventListener('submit', (event) => {
    event.preventDefault();
    void start();
  });
  void autofill?.offer();
}

/** Talks to browser and server; each returns where to go next. */
class Ceremony {
  readonly #root: HTMLElement;
  readonly #said: Said;
  #rpId = '';

  constructor(root: HTMLElement, said: Said) {
    this.#root = root;
    this.#said = said;
  }

  async signInOptions(): Promise<AuthenticationOptions> {
    const options = (await this.#post('options')) as unknown as AuthenticationOptions;
    this.#rpId = options.rpId ?? location.hostname;
    return options;
  }

  async signIn(): Promise<string> {
    return await this.signInWith(await startAuthentication({ optionsJSON: await this.signInOptions() }));
  }

  async signInWith(response: Assertion): Promise<string> {
    try {
      const { location: next, signals } = await this.#post('result', { response });
      if (signals) await signalOwn(signals as OwnSignals);
      return String(next);
    } catch (error) {
      // Said only to whoever holds the key of a passkey that was removed, so it is safe to forget it.
      if (error instanceof Refused && error.error === 'unknown_credential') {
        await signalGone(this.#rpId, response.id);
      }
      throw error;
    }
  }

  async signUp(): Promise<string> {
    const fields = this.#root instanceof HTMLFormElement ? Object.fromEntries(new FormData(this.#root)) : {};
    const optionsJSON = (await this.#post('options', fields)) as unknown as RegistrationOptions;
    const response = await startRegistration({ optionsJSON });
    try {
      const { location: next } = await this.#post('result', { response });
      return String(next);
    } catch (error) {
      // It was made a moment ago and belongs to no account, so that it would only be in the way.
      if (error instanceof Refused && error.status === 400) {
        await signalGone(optionsJSON.rp.id ?? location.hostname, response.id);
      }
      throw error;
    }
  }

  async #post(step: 'options' | 'result', body: Json = {}): Promise<Json> {
    const { base, csrf, passkey } = this.#root.dataset;
    return await post(`${base}/passkey/${passkey}/${step}`, { ...body, csrf }, this.#said);
  }
}

const place = document.querySelector<HTMLElement>('[data-passkey]');
if (place) begin(place);
