import assert from 'node:assert/strict';
import { SoftwareAuthenticator } from '../../examples/support/software-authenticator.js';
import { authorizeUrl, pkce } from './login.js';
import { formsOf, type Visit, Visitor } from './visitor.js';

/** A visitor who has a passkey: does by hand what the script of our pages does. */
export class PasskeyVisitor {
  readonly visitor = new Visitor();
  readonly authenticator: SoftwareAuthenticator;
  readonly #issuer: string;

  constructor(issuer: string, authenticator = new SoftwareAuthenticator(issuer)) {
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

  /** Signs up; returns the page after it (consent). */
  async signUp(page: Visit, name = 'Ada', login?: string): Promise<Visit> {
    const options = jsonOf(await this.post(page, 'sign-up/options', { display_name: name, login }));
    const response = this.authenticator.register(options as never);
    return this.next(page, await this.post(page, 'sign-up/result', { response }));
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
  const csrf = formsOf(page).find(({ fields }) => 'csrf' in fields)?.fields['csrf'];
  assert.ok(base && csrf, `no login page at ${page.url} (${page.status})`);
  return { base, csrf };
}

export function jsonOf(visit: Visit): Record<string, unknown> {
  assert.equal(visit.status, 200, visit.text);
  return JSON.parse(visit.text) as Record<string, unknown>;
}
