import assert from 'node:assert/strict';
import type { SoftwareAuthenticator } from '../../examples/support/software-authenticator.js';
import { newAccount, type Account, type AccountId } from '../../src/accounts/account.js';
import type { FakeUpstream } from './fake-upstream.js';
import { startHoldfast, type Holdfast } from './harness.js';
import { callback, gatewayA } from './clients.js';
import type { Device } from './device.js';
import { authorizeUrl, pkce, redeem } from './login.js';
import { PasskeyVisitor, jsonOf } from './passkey-visitor.js';
import { unique } from './records.js';
import { formsOf, formWith, Visitor, type Form, type Visit } from './visitor.js';

/** Parameters of a client that wants to call a model. */
export const wantsModel = { scope: 'openid offline_access model:call', resource: gatewayA };

/** Redeems what the client got. */
export async function tokensOf(person: UpstreamVisitor, response: URLSearchParams, device: Device) {
  const { visitor, verifier, issuer } = person;
  const code = response.get('code') ?? '';
  const login = { visitor, code, verifier, clientId: 'spa', redirectUri: callback, response };
  const { status, body } = await redeem(issuer, login, device);
  assert.equal(status, 200, JSON.stringify(body));
  return body as { access_token: string; refresh_token: string; id_token: string };
}

/** A server that knows these providers. */
export function holdfastWith(...upstreams: readonly FakeUpstream[]): Promise<Holdfast> {
  return startHoldfast({
    upstream_providers: upstreams.map(({ entry }) => entry),
    dangerously_allow_private_network_fetch: true,
  });
}

/** Somebody without script on her way to a provider and back. */
export class UpstreamVisitor {
  readonly visitor: Visitor;
  readonly issuer: string;
  /** Of the newest interaction: redeems its code. */
  verifier = '';

  constructor(issuer: string, visitor = new Visitor()) {
    this.issuer = issuer;
    this.visitor = visitor;
  }

  /** The login page of a new interaction. */
  async arrive(parameters: Record<string, string> = {}): Promise<Visit> {
    const { verifier, challenge } = pkce();
    this.verifier = verifier;
    const wish = { issuer: this.issuer, scope: 'openid profile email', resource: undefined, parameters };
    return this.visitor.follow(await this.visitor.get(authorizeUrl(wish, challenge)));
  }

  /** Presses the button; returns where the provider is asked, with the question. */
  async begin(page: Visit, id = 'acme'): Promise<string> {
    const leaving = await this.press(page, id);
    return questionOf(leaving);
  }

  press(page: Visit, id: string): Promise<Visit> {
    const { action, fields } = buttonOf(page, id);
    return this.visitor.post(action, fields);
  }

  /** Comes back from the provider; returns the page or the redirect to the client at the end. */
  async comeBack(address: string): Promise<Visit> {
    return this.visitor.follow(await this.visitor.get(address));
  }

  /** The whole way with an honest provider; returns what the person sees after it. */
  async goThrough(
    upstream: FakeUpstream,
    claims: Readonly<Record<string, unknown>>,
    parameters: Record<string, string> = {},
  ): Promise<Visit> {
    const question = await this.begin(await this.arrive(parameters), upstream.id);
    return this.comeBack(upstream.answer(question, claims));
  }

  /** Agrees to the new account; returns the consent page. */
  async create(page: Visit): Promise<Visit> {
    const form = createForm(page);
    return this.visitor.follow(await this.visitor.post(form.action, form.fields));
  }

  /** Connects by the passkey of `authenticator`; the answer to the script. */
  async connect(page: Visit, authenticator: SoftwareAuthenticator): Promise<Visit> {
    const options = jsonOf(await this.connectStep(page, 'options', {}));
    return this.connectStep(page, 'result', { response: authenticator.assert(options as never) });
  }

  connectStep(page: Visit, step: string, body: Record<string, unknown>): Promise<Visit> {
    const base = /data-base="([^"]+)"/.exec(page.text)?.[1];
    const csrf = /data-csrf="([^"]+)"/.exec(page.text)?.[1];
    assert.ok(base && csrf, `no passkey button at ${page.url}:\n${page.text.slice(0, 600)}`);
    return this.visitor.postJson(new URL(`${base}/passkey/sign-in/${step}`, page.url).href, {
      csrf,
      ...body,
    });
  }

  /** Agrees to what the client asks; the parameters that it gets. */
  async allow(consent: Visit): Promise<URLSearchParams> {
    const form = formWith(consent, 'decision');
    const { status, location = '' } = await this.visitor.follow(
      await this.visitor.post(form.action, form.fields),
    );
    assert.ok(location.startsWith(callback), `${status} ${location}`);
    return new URL(location).searchParams;
  }

  get signedIn(): boolean {
    return this.visitor.cookies.has('holdfast_session');
  }
}

/** Whether the page shows this address, which may be broken where it is too long for its line. */
export function shows({ text }: Visit, email: unknown): boolean {
  return text.replaceAll('<wbr/>', '').includes(String(email));
}

/** The address in the Refresh header of the page between. */
export function questionOf(leaving: Visit): string {
  assert.equal(leaving.status, 200, leaving.text.slice(0, 400));
  const question = /^0; url=(.+)$/.exec(leaving.headers.get('refresh') ?? '')?.[1];
  assert.ok(question, 'the page does not go on');
  return question;
}

export function buttonOf(page: Visit, id: string): Form {
  const form = formsOf(page).find(({ action }) => action.endsWith(`/upstream/${id}`));
  assert.ok(form, `no button of ${id} at ${page.url} (${page.status}):\n${page.text.slice(0, 400)}`);
  return form;
}

export function createForm(page: Visit): Form {
  const form = formsOf(page).find(({ action }) => action.endsWith('/identity/create'));
  assert.ok(form, `no account is offered at ${page.url} (${page.status}):\n${page.text.slice(0, 800)}`);
  return form;
}

/** An account with a verified address, straight in the database. */
export async function accountWith({ storage, clock }: Holdfast, email: string): Promise<Account> {
  const account = {
    ...newAccount(unique('acc') as AccountId, new Date(clock.now())),
    displayName: 'The owner',
    email,
  };
  assert.equal(await storage.accounts.insert(account), 'inserted');
  return account;
}

/** Somebody who signed up here with a passkey, and whose address is verified. */
export async function ownerWith(
  holdfast: Pick<Holdfast, 'issuer' | 'storage'>,
  email: string,
): Promise<{ person: PasskeyVisitor; accountId: AccountId }> {
  const person = new PasskeyVisitor(holdfast.issuer);
  await person.signUp(await person.arrive(), 'The owner');
  const passkey = await holdfast.storage.passkeys.find(
    person.authenticator.passkeys[0]?.credentialId ?? Buffer.alloc(0),
  );
  assert.ok(passkey);
  assert.equal(await holdfast.storage.accounts.setEmail(passkey.accountId, email), 'changed');
  return { person, accountId: passkey.accountId };
}
