import type { Mails } from './mailbox.js';
import { addressOf, type PasskeyVisitor } from './passkey-visitor.js';
import { formWith, type Visit, type Visitor } from './visitor.js';

/** Names the address at the login page `login`; returns the page that asks for the code. */
export async function askForRecovery(visitor: Visitor, login: Visit, email: string): Promise<Visit> {
  const { base } = addressOf(login);
  const form = formWith(await visitor.get(new URL(`${base}/recovery`, login.url).href), 'email');
  return visitor.follow(await visitor.post(form.action, { ...form.fields, email }));
}

/** Types the code from the mail; returns the page after it. */
export async function typeMailCode(visitor: Visitor, page: Visit, code: string): Promise<Visit> {
  const { action, fields } = formWith(page, 'code');
  return visitor.follow(await visitor.post(action, { ...fields, code }));
}

/** Types a recovery code; returns the page after it. */
export async function typeRecoveryCode(visitor: Visitor, page: Visit, code: string): Promise<Visit> {
  const { action, fields } = formWith(page, 'recovery_code');
  return visitor.follow(await visitor.post(action, { ...fields, recovery_code: code }));
}

/** `continue` to the app or `undo`, where she is back in. Follows redirects. */
export async function answerDone(visitor: Visitor, page: Visit, answer: 'continue' | 'undo'): Promise<Visit> {
  const { action, fields } = formWith(page, 'answer');
  return visitor.follow(await visitor.post(action, { ...fields, answer }));
}

export interface Lost {
  readonly email: string;
  readonly mails: Mails;
  /** One of hers. */
  readonly code: string;
}

/** The whole way from a login page; returns the page that says that she is back in. */
export async function recover(visitor: Visitor, login: Visit, { email, mails, code }: Lost): Promise<Visit> {
  const mailCodePage = await askForRecovery(visitor, login, email);
  const mail = await mails.waitFor(email, 'recovery_code_mail');
  const recoveryCodePage = await typeMailCode(visitor, mailCodePage, mail.code ?? '');
  return typeRecoveryCode(visitor, recoveryCodePage, code);
}

/** Adds a passkey where she is back in, as the script of that page does; returns the page after it. */
export async function addPasskeyThere(person: PasskeyVisitor, page: Visit): Promise<Visit> {
  const options = JSON.parse((await person.post(page, 'recovery/options', {})).text) as never;
  const response = person.authenticator.register(options);
  return person.next(page, await person.post(page, 'recovery/result', { response }));
}
