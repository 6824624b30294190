import assert from 'node:assert/strict';
import { callback, gatewayA } from './clients.js';
import { postForm, type Answer, type Device } from './device.js';
import { credentials, type Login, pkce } from './login.js';
import { addressOf, jsonOf, PasskeyVisitor } from './passkey-visitor.js';
import type { Visit } from './visitor.js';

export const frontier = { type: 'model_call', tier: 'frontier' };

/** What a client pushes, and what it needs later to redeem the code. */
export interface Pushed {
  readonly answer: Answer;
  readonly url: string;
  readonly verifier: string;
  readonly clientId: string;
}

export interface PushWish {
  readonly issuer: string;
  readonly device?: Device;
  readonly clientId?: string;
  readonly details?: unknown;
  readonly more?: Record<string, string | string[]>;
}

/** Pushes a request for calls, with the device's thumbprint as dpop_jkt. */
export async function push(wish: PushWish): Promise<Pushed> {
  const { issuer, device, clientId = 'spa', details = [frontier], more } = wish;
  const { verifier, challenge } = pkce();
  const { form, headers } = credentials(clientId);
  const answer = await postForm({
    url: `${issuer}/par`,
    headers,
    form: {
      client_id: clientId,
      redirect_uri: callback,
      response_type: 'code',
      scope: 'openid offline_access model:call',
      resource: gatewayA,
      code_challenge: challenge,
      code_challenge_method: 'S256',
      authorization_details: typeof details === 'string' ? details : JSON.stringify(details),
      ...(device && { dpop_jkt: device.key.jkt }),
      ...form,
      ...more,
    },
  });
  const requestUri = String(answer.body['request_uri']);
  const query = new URLSearchParams({ client_id: clientId, request_uri: requestUri });
  return { answer, url: `${issuer}/authorize?${query.toString()}`, verifier, clientId };
}

/** A person with a passkey, signed up and signed in. */
export async function personAt(issuer: string): Promise<PasskeyVisitor> {
  const person = new PasskeyVisitor(issuer);
  await person.signUp(await person.arrive());
  return person;
}

/** Goes to the pushed request; the page is the approval when she is signed in. */
export async function open(person: PasskeyVisitor, pushed: Pushed): Promise<Visit> {
  assert.equal(pushed.answer.status, 201, JSON.stringify(pushed.answer.body));
  return person.visitor.follow(await person.visitor.get(pushed.url));
}

/** What the script of the page does: the answer to the options, or to the result. */
export async function postStep(
  person: PasskeyVisitor,
  page: Visit,
  step: 'options' | 'result',
  body: Record<string, unknown>,
): Promise<Visit> {
  const { base, csrf } = addressOf(page);
  const url = new URL(`${base}/approval/${step}`, page.url).href;
  return person.visitor.postJson(url, { csrf, ...body });
}

/** What she read, as the page's script says it. */
export function seenOn(page: Visit): string | undefined {
  return /data-seen="([^"]+)"/.exec(page.text)?.[1];
}

export async function approve(person: PasskeyVisitor, page: Visit): Promise<Visit> {
  const options = jsonOf(await postStep(person, page, 'options', { seen: seenOn(page) }));
  const response = person.authenticator.assert(options as never);
  return person.next(page, await postStep(person, page, 'result', { response }));
}

/** Her approval, from the push to the code. */
export async function approved(person: PasskeyVisitor, wish: PushWish): Promise<Login> {
  const pushed = await push(wish);
  const end = await approve(person, await open(person, pushed));
  const response = new URL(String(end.location)).searchParams;
  const code = response.get('code');
  assert.ok(code, `no code: ${end.location}\n${end.text.slice(0, 800)}`);
  const { verifier, clientId } = pushed;
  return { visitor: person.visitor, code, verifier, clientId, redirectUri: callback, response };
}
