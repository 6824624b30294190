import assert from 'node:assert/strict';
import { SoftwareAuthenticator } from '../../examples/support/software-authenticator.js';
import { authorizeUrl, pkce } from './login.js';
import type { Mails } from './mailbox.js';
import { recoveryCodesOn } from './recovery-codes-on.js';
import { formWith, type Visit, Visitor } from './visitor.js';

/** An address, and where its mails arrive. */
export interface Address {
  readonly email: string;
  /** Unset: they are somebody else's. */
  readonly mails?: Mails;
}

/** A visitor who has a passkey: does by hand what the script of our pages does. */
export class PasskeyVisitor {
  readonly visitor: Visitor;
  readonly authenticator: SoftwareAuthenticator;
  readonly #issuer: string;
  /** Her recovery codes, from a sign-up with an address. */
  codes: readonly string[] = [];

  constructor(issuer: string, authenticator = new SoftwareAuthenticator(issuer), visitor = new Visitor()) {
    this.visitor = visitor;
    this.#issuer = issuer;
    this.authenticator = authenticator;
  }

  /** Opens the login page of a new interaction. */
  async arrive(parameters: Record<string, string> = {}): Promise<Visit> {
    const url = authorizeUrl({ issuer: this.#issuer, parameters }, pkce().challenge);
    return this.visitor.follow(await this.visitor.get(url));
  }

  async post(page: Visit, step: string, body: Record<string, unknown>): Promise<Visit> {
    const { base, csrf } = addressOf(page);
    return this.visitor.postJson(new URL(`${base}/passkey/${step}`, page.url).href, { csrf, ...body });
  }

  /** Signs up; returns the page after it (consent). With an address, the codes are kept in `codes`. */
  async signUp(page: Visit, name = 'Ada', address?: Address): Promise<Visit> {
    const passkeyPage = await this.beginSignUp(page, name, address);
    const options = jsonOf(await this.post(passkeyPage, 'sign-up/options', {}));
    const response = this.authenticator.register(options as never);
    const after = await this.next(page, await this.post(passkeyPage, 'sign-up/result', { response }));
    if (!address) return after;
    this.codes = recoveryCodesOn(after.text);
    const { action, fields } = formWith(after, 'codes');
    return this.visitor.follow(await this.visitor.post(action, { ...fields, codes: 'kept' }));
  }

  /**
   * Goes through the forms of a sign-up, with the code from the mail; returns the page that asks for a passkey, or for
   * the code where it can't read her mails.
   */
  async beginSignUp(page: Visit, name = 'Ada', address?: Address): Promise<Visit> {
    const { base } = addressOf(page);
    const details = formWith(
      await this.visitor.get(new URL(`${base}/sign-up`, page.url).href),
      'display_name',
    );
    const email = address?.email ?? '';
    const next = await this.visitor.follow(
      await this.visitor.post(details.action, { ...details.fields, display_name: name, email }),
    );
    if (!address?.mails) return next;
    const { code } = await address.mails.waitFor(address.email, 'sign_up_code');
    const form = formWith(next, 'code');
    return this.visitor.follow(await this.visitor.post(form.action, { ...form.fields, code: code ?? '' }));
  }

  /** Signs in; returns the page after it. */
  async signIn(page: Visit): Promise<Visit> {
    const options = jsonOf(await this.post(page, 'sign-in/options', {}));
    const response = this.authenticator.assert(options as never);
    return this.next(page, await this.post(page, 'sign-in/result', { response }));
  }

  async next(page: Visit, result: Visit): Promise<Visit> {
    const { location } = jsonOf(result);
    assert.equal(typeof location, 'string');
    return this.visitor.follow(await this.visitor.get(new URL(String(location), page.url).href));
  }
}

/** Path of the interaction and token of its forms, as the page tells its script. */
export function addressOf(page: Visit): { base: string; csrf: string } {
  const base = /data-base="([^"]+)"/.exec(page.text)?.[1];
  const csrf = /data-csrf="([^"]+)"/.exec(page.text)?.[1];
  assert.ok(base && csrf, `no login page at ${page.url} (${page.status})`);
  return { base, csrf };
}

export function jsonOf(visit: Visit): Record<string, unknown> {
  assert.equal(visit.status, 200, visit.text);
  return JSON.parse(visit.text) as Record<string, unknown>;
}
