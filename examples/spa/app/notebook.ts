import { AuthorizationResponseError } from 'openid-client';
import { Challenged, grantInWords, inWords } from '../../support/challenge-answer.js';
import { challengeParameters } from '../../../src/client/authorization.js';
import { ask } from '../../support/model-gateway.js';
import { keep, kept, type Entry } from './kept.js';
import { Login } from './login.js';

export type Stage = 'starting' | 'broken' | 'signed_out' | 'ready' | 'leaving';

/** What the page shows, and what happens when the person does something. */
export class Notebook {
  stage: Stage = 'starting';
  /** A sentence above everything. */
  notice = '';
  models: readonly string[] = [];
  entries: readonly Entry[] = kept('entries') ?? [];
  readonly #changed: () => void;
  #login: Login | undefined;

  constructor(changed: () => void) {
    this.#changed = changed;
  }

  get granted(): readonly string[] {
    return this.#login?.granted.map(grantInWords) ?? [];
  }

  get busy(): boolean {
    return this.stage !== 'ready' || this.entries.some(({ state }) => state === 'calling');
  }

  /** Once for each load of the page: takes the provider's answer, and goes on with the call that waited for it. */
  async open(): Promise<void> {
    const waiting = this.entries.findIndex(({ state }) => state === 'away');
    try {
      this.#login = await Login.prepare();
      const back = await this.#login.arrive();
      this.models = await this.#login.models();
      this.stage = this.models.length > 0 ? 'ready' : 'signed_out';
      if (waiting < 0) return this.#changed();
      if (back) return await this.#repeat(waiting);
      this.#end(waiting, 'You came back without an answer. Nothing was called.');
    } catch (error) {
      await this.#tell(waiting, error);
    }
  }

  async signIn(): Promise<void> {
    await this.#leave();
  }

  signOut(): void {
    this.#clear();
    this.#login?.signOut();
  }

  async send(model: string, prompt: string): Promise<void> {
    const entry: Entry = { model, prompt, notes: [], answer: '', state: 'calling', asked: false };
    this.entries = [...this.entries, entry];
    await this.#call(this.entries.length - 1);
  }

  async #repeat(at: number): Promise<void> {
    const approved = this.granted[0];
    this.#note(at, approved === undefined ? 'You signed in.' : `You approved ${approved}.`);
    this.#change(at, { state: 'calling' });
    await this.#call(at);
  }

  async #call(at: number): Promise<void> {
    const entry = this.entries[at];
    const access = await this.#login?.access();
    if (!entry || !access || !this.#login) {
      this.stage = 'signed_out';
      return this.#end(at, 'Your login has ended. Sign in, and send it again.');
    }
    try {
      this.#change(at, { answer: '' });
      for await (const piece of ask(access, this.#login.gateway, entry)) {
        this.#change(at, { answer: (this.entries[at]?.answer ?? '') + piece });
      }
      this.#change(at, { state: 'answered' });
    } catch (error) {
      if (error instanceof Challenged) await this.#answer(at, error);
      else this.#end(at, sentenceFor(error));
    }
  }

  /** The gateway wants the person. She is asked once for each call, and whatever comes of it: nothing loops. */
  async #answer(at: number, { challenge }: Challenged): Promise<void> {
    if (this.entries[at]?.asked === true) {
      return this.#end(at, `The gateway still wants ${inWords(challenge)}. Nothing was called.`);
    }
    this.#note(at, `This model needs ${inWords(challenge)}. Taking you to Holdfast…`);
    this.#change(at, { state: 'away', asked: true });
    try {
      await this.#leave(challengeParameters(challenge));
    } catch (error) {
      this.stage = 'ready';
      this.#end(at, sentenceFor(error));
    }
  }

  async #leave(parameters: Readonly<Record<string, string>> = {}): Promise<void> {
    this.stage = 'leaving';
    this.#changed();
    await this.#login?.leave(parameters);
  }

  /** The provider said no, or nobody answers. The login that was there before is still there. */
  async #tell(waiting: number, error: unknown): Promise<void> {
    if (!(error instanceof AuthorizationResponseError) || !this.#login) {
      this.stage = 'broken';
      this.notice = sentenceFor(error);
      return this.#changed();
    }
    this.models = await this.#login.models();
    this.stage = this.models.length > 0 ? 'ready' : 'signed_out';
    if (waiting >= 0) return this.#end(waiting, sentenceFor(error));
    this.notice = sentenceFor(error);
    this.#changed();
  }

  #note(at: number, note: string): void {
    this.#change(at, { notes: [...(this.entries[at]?.notes ?? []), note] });
  }

  #end(at: number, note: string): void {
    this.#change(at, { state: 'refused', notes: [...(this.entries[at]?.notes ?? []), note] });
  }

  #change(at: number, change: Partial<Entry>): void {
    this.entries = this.entries.map((entry, index) => (index === at ? { ...entry, ...change } : entry));
    keep('entries', this.entries);
    this.#changed();
  }

  #clear(): void {
    this.entries = [];
    keep('entries', undefined);
  }
}

/** How the person's answer can end (RFC 6749 §4.1.2.1, RFC 9470 §5). */
const endings: Readonly<Record<string, string>> = {
  access_denied: 'You didn’t allow it. Nothing was called, and nothing was spent.',
  unmet_authentication_requirements: 'That login was not strong enough for this model. Nothing was called.',
};

function sentenceFor(error: unknown): string {
  if (error instanceof AuthorizationResponseError) {
    return endings[error.error] ?? `Holdfast said: ${error.error_description ?? error.error}.`;
  }
  return error instanceof Error ? error.message : String(error);
}
