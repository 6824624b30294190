import { browserSupportsWebAuthn, startAuthentication } from '@simplewebauthn/browser';
import { post, sentenceFor, wordsOf } from '../../web/islands/ceremony.js';

/*
 * The page where a person answers a request from elsewhere: form[data-approve=BASE]. Its first answer asks for her passkey
 * and sends the form with what that gave; the others go without.
 *
 *   POST BASE/options  { csrf, ends }   what to ask of the passkey
 */
type AuthenticationOptions = Parameters<typeof startAuthentication>[0]['optionsJSON'];

function begin(form: HTMLFormElement): void {
  const button = form.querySelector<HTMLButtonElement>('[data-approve-start]');
  const words = form.querySelector<HTMLElement>('[data-approve-words]');
  const status = form.querySelector<HTMLElement>('[data-approve-status]');
  if (!button || !words || !status) return;
  const said = wordsOf(form);
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
  form.addEventListener('submit', (event) => {
    if (event.submitter && event.submitter !== button) return;
    event.preventDefault();
    if (busy) return;
    busy = true;
    button.setAttribute('aria-busy', 'true');
    words.textContent = said.waiting;
    say('');
    void approve(form, said).catch((error: unknown) => {
      say(sentenceFor(error, said), 'problem');
      words.textContent = ready;
      button.removeAttribute('aria-busy');
      busy = false;
    });
  });
  // Back from elsewhere: the page may come out of the browser's memory, still waiting.
  addEventListener('pageshow', (event) => event.persisted && location.reload());
}

async function approve(form: HTMLFormElement, said: ReturnType<typeof wordsOf>): Promise<void> {
  const fields = { csrf: fieldOf(form, 'csrf').value, ends: fieldOf(form, 'ends').value };
  const options = await post(`${form.dataset['approve']}/options`, fields, said);
  const optionsJSON = options as unknown as AuthenticationOptions;
  fieldOf(form, 'assertion').value = JSON.stringify(await startAuthentication({ optionsJSON }));
  form.submit();
}

function fieldOf(form: HTMLFormElement, name: string): HTMLInputElement {
  const field = form.elements.namedItem(name);
  if (field instanceof HTMLInputElement) return field;
  throw new Error(`the form has no field ${name}`);
}

const place = document.querySelector<HTMLFormElement>('form[data-approve]');
if (place) begin(place);
