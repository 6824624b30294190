import { browserSupportsWebAuthn } from '@simplewebauthn/browser';
import { type Said, sentenceFor, wordsOf } from './ceremony.js';

export interface CeremonyButton {
  readonly button: HTMLButtonElement;
  /** What stands on it. */
  readonly words: HTMLElement;
  readonly said: Said;
  /** Does `work` once at a time, and says why it came to nothing. Whatever comes of it otherwise leaves the page. */
  readonly run: (work: () => Promise<void>) => Promise<void>;
}

export interface CeremonyEvents {
  readonly begun?: () => void;
  readonly failed?: () => void;
}

/**
 * The button that asks for a passkey, and what is said beside it: `data-NAME-start`, `-words` and `-status` within `root`.
 * Undefined where they are missing, and where the browser knows no passkeys, which it says then.
 */
export function ceremonyButton(
  root: HTMLElement,
  name: 'passkey' | 'approval' | 'approve',
  { begun, failed }: CeremonyEvents = {},
): CeremonyButton | undefined {
  const button = root.querySelector<HTMLButtonElement>(`[data-${name}-start]`);
  const words = root.querySelector<HTMLElement>(`[data-${name}-words]`);
  const status = root.querySelector<HTMLElement>(`[data-${name}-status]`);
  if (!button || !words || !status) return undefined;
  const said = wordsOf(root);
  const say = (text: string, kind = '') => {
    status.dataset['kind'] = kind;
    status.textContent = text;
  };
  if (!browserSupportsWebAuthn()) {
    button.disabled = true;
    say(said.unsupported, 'problem');
    return undefined;
  }
  const ready = words.textContent;
  let busy = false;
  const run = async (work: () => Promise<void>): Promise<void> => {
    if (busy) return;
    busy = true;
    begun?.();
    button.setAttribute('aria-busy', 'true');
    words.textContent = said.waiting;
    say('');
    try {
      await work();
    } catch (error) {
      say(sentenceFor(error, said), 'problem');
      words.textContent = ready;
      button.removeAttribute('aria-busy');
      busy = false;
      failed?.();
    }
  };
  // Back from the app: the page may come out of the browser's memory, still waiting.
  addEventListener('pageshow', (event) => event.persisted && location.reload());
  return { button, words, said, run };
}
