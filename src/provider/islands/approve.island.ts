import { startAuthentication } from '@simplewebauthn/browser';
import { post, type Said } from '../../web/islands/ceremony.js';
import { ceremonyButton } from '../../web/islands/ceremony-button.js';

/*
 * The page where a person answers a request from elsewhere: form[data-approve=BASE]. Its first answer asks for her passkey
 * and sends the form with what that gave; the others go without.
 *
 *   POST BASE/options  { csrf, ends }   what to ask of the passkey
 */
type AuthenticationOptions = Parameters<typeof startAuthentication>[0]['optionsJSON'];

function begin(form: HTMLFormElement): void {
  const ceremony = ceremonyButton(form, 'approve');
  if (!ceremony) return;
  const { button, said, run } = ceremony;
  form.addEventListener('submit', (event) => {
    if (event.submitter && event.submitter !== button) return;
    event.preventDefault();
    void run(() => approve(form, said));
  });
}

async function approve(form: HTMLFormElement, said: Said): Promise<void> {
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
