import { randomBytes } from 'node:crypto';
import type { AccountId } from '../../src/accounts/account.js';
import type { SoftwareAuthenticator } from '../../examples/support/software-authenticator.js';
import { Device, type Answer } from './device.js';
import type { Holdfast } from './harness.js';
import { authorizeUrl, pkce, redeem } from './login.js';
import { PasskeyVisitor } from './passkey-visitor.js';
import { recover } from './recovering.js';
import { formWith, type Visit, type Visitor } from './visitor.js';

/** What an app got for a sign-in. */
export interface AppTokens {
  readonly status: number;
  readonly body: Record<string, unknown>;
  readonly device: Device;
}

/** A sign-in of the app `spa` in one browser. */
export class AppLogin {
  readonly person: PasskeyVisitor;
  readonly #holdfast: Holdfast;
  readonly #pkce = pkce();

  constructor(holdfast: Holdfast, authenticator?: SoftwareAuthenticator) {
    this.#holdfast = holdfast;
    this.person = new PasskeyVisitor(holdfast.issuer, authenticator);
  }

  get visitor(): Visitor {
    return this.person.visitor;
  }

  /** The login page, or whatever the session makes of it. */
  async begin(parameters: Record<string, string> = {}): Promise<Visit> {
    const url = authorizeUrl({ issuer: this.#holdfast.issuer, parameters }, this.#pkce.challenge);
    return this.visitor.follow(await this.visitor.get(url));
  }

  /** Allows what the app asks on the page `consent`; returns where the browser is sent. */
  async allow(consent: Visit): Promise<URL> {
    const { action, fields } = formWith(consent, 'decision');
    const end = await this.visitor.follow(await this.visitor.post(action, fields));
    return new URL(end.location ?? '');
  }

  async tokens(consent: Visit): Promise<AppTokens> {
    const code = (await this.allow(consent)).searchParams.get('code') ?? '';
    const device = await Device.create();
    const login = {
      clientId: 'spa',
      redirectUri: 'https://app.test/callback',
      code,
      verifier: this.#pkce.verifier,
    };
    const { status, body }: Answer = await redeem(this.#holdfast.issuer, login as never, device);
    return { status, body, device };
  }
}

/** Somebody with an account, an address, a passkey and ten recovery codes. */
export interface Owner {
  readonly accountId: AccountId;
  readonly email: string;
  readonly codes: readonly string[];
  readonly authenticator: SoftwareAuthenticator;
  /** The browser in which she signed up. */
  readonly login: AppLogin;
  /** The consent page that her sign-up led to. */
  readonly consent: Visit;
}

export async function signUpOwner(holdfast: Holdfast): Promise<Owner> {
  const login = new AppLogin(holdfast);
  const { person } = login;
  const email = `owner.${randomBytes(6).toString('hex')}@example.test`;
  const consent = await person.signUp(await login.begin(), 'Ada', { email, mails: holdfast.mails });
  const handle = person.authenticator.passkeys.at(-1)?.userHandle ?? '';
  const accountId = Buffer.from(handle, 'base64url').toString() as AccountId;
  return { accountId, email, codes: person.codes, authenticator: person.authenticator, login, consent };
}

/** Recovers in a new browser by the code at `index`; returns the page that says so. */
export async function recoverAs(
  holdfast: Holdfast,
  { email, codes }: Owner,
  { index = 0, parameters = {} }: { index?: number; parameters?: Record<string, string> } = {},
): Promise<{ login: AppLogin; done: Visit }> {
  const login = new AppLogin(holdfast);
  const page = await login.begin(parameters);
  const lost = { email, mails: holdfast.mails, code: codes[index] ?? '' };
  return { login, done: await recover(login.visitor, page, lost) };
}
