import { browserSupportsWebAuthn, startAuthentication } from '@simplewebauthn/browser';
import { post, sentenceFor, wordsOf } from '../../web/islands/ceremony.js';

/** Asks for the passkey that approves what the page shows. The server decides everything, and says what came of it. */
function begin(root: HTMLElement): void {
  const button = root.querySelector<HTMLButtonElement>('[data-approval-start]');
  const words = root.querySelector<HTMLElement>('[data-approval-words]');
  const status = root.querySelector<HTMLElement>('[data-approval-status]');
  if (!button || !words || !status) return;
  const said = wordsOf(root);
  const { base, csrf, seen } = root.dataset;
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
  const approve = async () => {
    // What was read is named, so that she can't be made to sign what changed since.
    const options = await post(`${base}/approval/options`, { csrf, seen }, said);
    const response = await startAuthentication({ optionsJSON: options as never });
    const { location: next } = await post(`${base}/approval/result`, { csrf, response }, said);
    location.assign(String(next));
  };
  button.addEventListener('click', () => {
    if (busy) return;
    busy = true;
    button.setAttribute('aria-busy', 'true');
    words.textContent = said.waiting;
    say('');
    void approve().catch((error: unknown) => {
      say(sentenceFor(error, said), 'problem');
      words.textContent = ready;
      button.removeAttribute('aria-busy');
      busy = false;
    });
  });
  // Back from the app: the page may come out of the browser's memory, still waiting.
  addEventListener('pageshow', (event) => event.persisted && location.reload());
}

const place = document.querySelector<HTMLElement>('[data-approval]');
if (place) begin(place);
