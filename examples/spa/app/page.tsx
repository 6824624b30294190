import type { TargetedSubmitEvent } from 'preact';
import { BrandMark } from '../../../src/web/brand-mark.js';
import type { Entry } from './kept.js';
import type { Notebook } from './notebook.js';

/** What the gateway's models are, for those that the example knows. */
const words: Readonly<Record<string, string>> = {
  echo: 'Standard: just ask',
  'echo-large': 'Premium: a passkey login of the last hour',
  'echo-frontier': 'Frontier: a fresh passkey and your approval of what it may cost',
};

export function NotebookView({ notebook }: { readonly notebook: Notebook }) {
  const { stage, notice, entries } = notebook;
  return (
    <>
      <header>
        <span class="brand">
          <BrandMark />
          Example web app
        </span>
        {stage === 'ready' && (
          <button type="button" class="button button-bare" onClick={() => notebook.signOut()}>
            Sign out
          </button>
        )}
      </header>
      <main>
        {notice !== '' && <p class="notice">{notice}</p>}
        {stage === 'signed_out' && <Door notebook={notebook} />}
        <ol aria-label="Calls" class="calls">
          {entries.map((entry, at) => (
            <Call key={at} entry={entry} />
          ))}
        </ol>
        {stage === 'ready' && <Composer notebook={notebook} />}
        {(stage === 'starting' || stage === 'leaving') && (
          <p class="quiet" role="status">
            {stage === 'leaving' ? 'On the way to Holdfast…' : 'One moment…'}
          </p>
        )}
      </main>
    </>
  );
}

function Door({ notebook }: { readonly notebook: Notebook }) {
  return (
    <section class="door">
      <h1>
        Ask a model. <span class="quiet">An expensive one asks for you.</span>
      </h1>
      <p>Tokens of this app are bound to a key of this browser. A copy of them is worth nothing.</p>
      <button type="button" class="button button-go" onClick={() => void notebook.signIn()}>
        Sign in with Holdfast
      </button>
    </section>
  );
}

function Call({ entry }: { readonly entry: Entry }) {
  const { model, prompt, notes, answer, state } = entry;
  return (
    <li class="call" data-state={state}>
      <p class="small quiet">{model}</p>
      <p class="prompt">{prompt}</p>
      {notes.length > 0 && (
        <ul class="small notes">
          {notes.map((note) => (
            <li key={note}>{note}</li>
          ))}
        </ul>
      )}
      <p class="answer" role="status">
        {answer === '' && state === 'calling' ? '…' : answer}
      </p>
    </li>
  );
}

function Composer({ notebook }: { readonly notebook: Notebook }) {
  const send = (event: TargetedSubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const form = event.currentTarget;
    const fields = new FormData(form);
    const [model, prompt] = [fields.get('model'), fields.get('prompt')];
    if (typeof model !== 'string' || typeof prompt !== 'string' || prompt.trim() === '') return;
    (form.elements.namedItem('prompt') as HTMLInputElement).value = '';
    void notebook.send(model, prompt.trim());
  };
  const approved = notebook.granted;
  const chosen = notebook.entries.at(-1)?.model ?? notebook.models[0];
  return (
    <form class="composer" onSubmit={send}>
      <fieldset>
        <legend>Model</legend>
        {notebook.models.map((model) => (
          <label key={model} class="model">
            <input type="radio" name="model" value={model} defaultChecked={model === chosen} />
            <span>
              <b>{model}</b>
              <span class="small quiet line">{words[model] ?? ''}</span>
            </span>
          </label>
        ))}
      </fieldset>
      {approved.length > 0 && <p class="small quiet">You approved {approved.join('; ')}.</p>}
      <div class="field ask">
        <label for="prompt" class="out-of-sight">
          Your question
        </label>
        <input id="prompt" name="prompt" placeholder="Ask something" autocomplete="off" required />
        <button class="button button-go" disabled={notebook.busy}>
          Send
        </button>
      </div>
    </form>
  );
}
