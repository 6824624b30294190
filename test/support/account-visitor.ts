import assert from 'node:assert/strict';
import { SoftwareAuthenticator } from '../../examples/support/software-authenticator.js';
import type { AccountId } from '../../src/accounts/account.js';
import type { ConfirmableAction } from '../../src/accounts/confirmation.js';
import type { Holdfast } from './harness.js';
import { unique } from './records.js';
import { formWith, type Visit, Visitor } from './visitor.js';

/** Where a server for these tests lets a new passkey confirm at once. */
export const noHold = { accounts: { new_passkey_hold: 0 } } as const;

/** A person in her own account: does by hand what a browser and the script of our pages do. */
export class AccountVisitor {
  readonly visitor: Visitor;
  readonly login: string;
  readonly holdfast: Holdfast;
  readonly authenticator: SoftwareAuthenticator;

  constructor(holdfast: Holdfast, from: Partial<AccountVisitor> = {}) {
    this.holdfast = holdfast;
    this.visitor = from.visitor ?? new Visitor();
    this.login = from.login ?? unique('ada');
    this.authenticator = from.authenticator ?? new SoftwareAuthenticator(holdfast.issuer);
  }

  /** Signed in, with a passkey that may confirm, and with an address. */
  static async settled(holdfast: Holdfast, visitor = new Visitor()): Promise<AccountVisitor> {
    const person = await AccountVisitor.signedIn(holdfast, visitor);
    await person.addFirstPasskey();
    const { id } = await person.account();
    await holdfast.storage.accounts.setEmail(id, `${person.login}@example.com`);
    return person;
  }

  static async signedIn(holdfast: Holdfast, visitor = new Visitor()): Promise<AccountVisitor> {
    const person = new AccountVisitor(holdfast, { visitor });
    await person.signIn();
    return person;
  }

  /** The same person in another browser, with the same authenticator. */
  async elsewhere(): Promise<AccountVisitor> {
    const other = new AccountVisitor(this.holdfast, { login: this.login, authenticator: this.authenticator });
    await other.signIn();
    return other;
  }

  async signIn(): Promise<Visit> {
    const page = await this.visitor.follow(await this.get('/account'));
    const form = formWith(page, 'acr');
    const { login } = this;
    const end = await this.visitor.follow(await this.visitor.post(form.action, { ...form.fields, login }));
    assert.equal(new URL(end.url).pathname, '/account', `${end.status} ${end.url}`);
    return end;
  }

  async account() {
    const found = await this.holdfast.storage.accounts.findByLogin(this.login);
    assert.ok(found, 'there is no account');
    return found;
  }

  async accountId(): Promise<AccountId> {
    return (await this.account()).id;
  }

  get(path: string, headers: Record<string, string> = {}): Promise<Visit> {
    return this.visitor.get(this.holdfast.issuer + path, headers);
  }

  /** The account's page, or where it sends a stranger. */
  async look(path = '/account'): Promise<Visit> {
    return await this.visitor.follow(await this.get(path));
  }

  async isSignedIn(): Promise<boolean> {
    return (await this.get('/account')).status === 200;
  }

  async csrf(): Promise<string> {
    const page = await this.get('/account');
    return formWith(page, 'csrf').fields['csrf'] ?? '';
  }

  post(path: string, fields: Record<string, string>, headers: Record<string, string> = {}): Promise<Visit> {
    return this.visitor.post(this.holdfast.issuer + path, fields, headers);
  }

  postJson(path: string, body: object, headers: Record<string, string> = {}): Promise<Visit> {
    return this.visitor.postJson(this.holdfast.issuer + path, body, headers);
  }

  /** Sends a form of the account's pages as its page would. */
  async send(path: string, fields: Record<string, string> = {}): Promise<Visit> {
    return await this.post(path, { csrf: await this.csrf(), ...fields });
  }

  /** What her passkey says to a change, as the hidden field of the form has it. */
  async confirm(action: ConfirmableAction, target = ''): Promise<string> {
    const answer = await this.postJson('/account/confirm/options', {
      csrf: await this.csrf(),
      action,
      target,
    });
    assert.equal(answer.status, 200, answer.text);
    return JSON.stringify(this.authenticator.assert(JSON.parse(answer.text) as never));
  }

  /** Confirms a change and sends its form. */
  async change(
    path: string,
    action: ConfirmableAction,
    { target = '', fields = {} }: { target?: string; fields?: Record<string, string> } = {},
  ): Promise<Visit> {
    return await this.send(path, { ...fields, confirmation: await this.confirm(action, target) });
  }

  async addFirstPasskey(): Promise<Visit> {
    return await this.#register({}, this.authenticator);
  }

  /** Confirmed by the first one. */
  async addPasskey(authenticator = new SoftwareAuthenticator(this.holdfast.issuer)): Promise<Visit> {
    const confirmation = JSON.parse(await this.confirm('add_passkey')) as object;
    return await this.#register({ confirmation }, authenticator);
  }

  async passkeyIds(): Promise<string[]> {
    const passkeys = await this.holdfast.storage.passkeys.listOf(await this.accountId());
    return passkeys.map(({ credentialId }) => credentialId.toString('base64url'));
  }

  /** Of what is signed in, last used first. */
  async sessionUids(): Promise<string[]> {
    const { storage, clock } = this.holdfast;
    const limits = { at: new Date(clock.now()), idleSeconds: 3600, unboundSeconds: 3600 };
    return (await storage.sessions.listOf(await this.accountId(), limits)).map(({ uid }) => uid);
  }

  /** Last seen first. */
  async deviceIds(): Promise<string[]> {
    return (await this.holdfast.storage.devices.listOf(await this.accountId())).map(({ id }) => id);
  }

  /** Names of its events, newest first. */
  async history(): Promise<string[]> {
    const events = await this.holdfast.storage.accountEvents.listOf(await this.accountId(), 100);
    return events.map(({ kind }) => kind);
  }

  async #register(body: object, authenticator: SoftwareAuthenticator): Promise<Visit> {
    const answer = await this.postJson('/account/passkeys/new/options', { csrf: await this.csrf(), ...body });
    assert.equal(answer.status, 200, answer.text);
    const registration = JSON.stringify(authenticator.register(JSON.parse(answer.text) as never));
    return await this.send('/account/passkeys/new', { registration });
  }
}

/** What the page says came of the last answer. */
export function noticeOf(page: Visit): string | undefined {
  return /class="notice notice-(?:done|problem)"[^>]*>[\s\S]*?<div>([^<]*)</.exec(page.text)?.[1];
}
