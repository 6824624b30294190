import { startAuthentication, startRegistration } from '@simplewebauthn/browser';
import { type Json, post, type Said, sentenceFor } from '../../web/islands/ceremony.js';
import { type OwnSignals, signalOwn } from '../../web/islands/signals.js';

/*
 * The account's own pages. A form that says what it would do is confirmed by a passkey and then sent as any other:
 *
 *   form[data-confirm=ACTION][data-target | data-target-field]   a change, with a hidden field `confirmation`
 *   form[data-add-passkey=confirmed | first]                     a new passkey, with a hidden field `registration`
 *
 *   POST /account/confirm/options       { csrf, action, target }      what to ask of the passkey
 *   POST /account/passkeys/new/options  { csrf, confirmation? }       what to ask of the authenticator
 *
 * `data-signals` holds what password managers should know of her passkeys.
 */
type AuthenticationOptions = Parameters<typeof startAuthentication>[0]['optionsJSON'];
type RegistrationOptions = Parameters<typeof startRegistration>[0]['optionsJSON'];
type Words = Said & { readonly confirmed?: string };

for (const form of document.querySelectorAll<HTMLFormElement>('form[data-confirm]')) confirming(form);
for (const form of document.querySelectorAll<HTMLFormElement>('form[data-add-passkey]')) adding(form);
const signals = document.querySelector<HTMLElement>('[data-signals]')?.dataset['signals'];
if (signals !== undefined) void signalOwn(JSON.parse(signals) as OwnSignals);

function confirming(form: HTMLFormElement): void {
  const desk = deskOf(form);
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    void desk.run('confirm', async () => {
      const { confirm: action = '', target = '', targetField } = form.dataset;
      const named = targetField === undefined ? target : fieldOf(form, targetField).value;
      send(form, 'confirmation', await desk.assertion(action, named));
    });
  });
}

/** Two clicks where a passkey confirms first: browsers want one for each ceremony. */
function adding(form: HTMLFormElement): void {
  const desk = deskOf(form);
  const confirm = form.querySelector<HTMLButtonElement>('[data-confirm-start]');
  const make = form.querySelector<HTMLButtonElement>('[data-make-start]');
  let options: RegistrationOptions | undefined;
  confirm?.addEventListener('click', () => {
    void desk.run('confirm', async () => {
      options = await desk.creation(await desk.assertion('add_passkey', ''));
      confirm.hidden = true;
      if (!make) return;
      make.hidden = false;
      make.focus();
      desk.say(desk.said.confirmed ?? '');
    });
  });
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    void desk.run('make', async () => {
      options ??= await desk.creation(undefined);
      send(form, 'registration', await startRegistration({ optionsJSON: options }));
    });
  });
}

/** What both kinds of form do alike. */
function deskOf(form: HTMLFormElement) {
  const said = JSON.parse(form.dataset['words'] ?? '{}') as Words;
  const status = form.querySelector<HTMLElement>('[data-confirm-status]');
  const csrf = fieldOf(form, 'csrf').value;
  let busy = false;
  const say = (text: string, kind = '') => {
    if (!status) return;
    status.dataset['kind'] = kind;
    status.textContent = text;
  };
  const ask = async (path: string, body: Json) => await post(path, { ...body, csrf }, said);
  return {
    said,
    say,
    /** Runs `work` behind the button of this name, once at a time. */
    async run(name: 'confirm' | 'make', work: () => Promise<void>): Promise<void> {
      if (busy) return;
      busy = true;
      const button = form.querySelector<HTMLElement>(`[data-${name}-start]`);
      const words = form.querySelector<HTMLElement>(`[data-${name}-words]`);
      const ready = words?.textContent ?? '';
      button?.setAttribute('aria-busy', 'true');
      if (words) words.textContent = said.waiting;
      say('');
      try {
        await work();
      } catch (error) {
        say(sentenceFor(error, said), 'problem');
      }
      if (words) words.textContent = ready;
      button?.removeAttribute('aria-busy');
      busy = false;
    },
    async assertion(action: string, target: string): Promise<unknown> {
      const options = await ask('/account/confirm/options', { action, target });
      return await startAuthentication({ optionsJSON: options as unknown as AuthenticationOptions });
    },
    async creation(confirmation: unknown): Promise<RegistrationOptions> {
      const options = await ask('/account/passkeys/new/options', { confirmation });
      return options as unknown as RegistrationOptions;
    },
  };
}

/** The form goes out with what the ceremony gave, without asking again. */
function send(form: HTMLFormElement, field: string, response: unknown): void {
  fieldOf(form, field).value = JSON.stringify(response);
  form.submit();
}

function fieldOf(form: HTMLFormElement, name: string): HTMLInputElement {
  const field = form.elements.namedItem(name);
  if (field instanceof HTMLInputElement) return field;
  throw new Error(`the form has no field ${name}`);
}
