import { exportJWK } from 'jose';
import * as oidc from 'openid-client';
import { toProofKey } from '../../src/client/index.js';
import { signIn } from '../cli/sign-in.js';
import { readLogin } from '../cli/vault.js';
import { ask, type Access } from '../support/model-gateway.js';
import { KeyHolder } from './key-holder.js';
import { Person } from './person.js';
import type { Stage } from './stage.js';
import { chapter, dollars, happened, stream } from './terminal.js';

/** A step of the story came out otherwise than it should. */
export class Unexpected extends Error {
  readonly what: string;

  constructor(what: string, instead: string) {
    super(instead);
    this.what = what;
  }
}

/** What the command line keeps of a login. */
export interface Holdings {
  readonly access: Access;
  readonly refreshToken: string;
  /** Sends with her key. */
  readonly holder: KeyHolder;
}

/** All that Ada has, and a whole request of hers as it went over the wire. */
export interface Ada extends Holdings {
  readonly person: Person;
  readonly lastRequest: { readonly address: string; readonly init: RequestInit };
}

export const clientId = 'example-cli';
export const question = 'Is a stolen token worth anything?';

/** Sign-up, passkey, login, a bound token, two calls. Her key and refresh token are kept in `file`. */
export async function tellAda(stage: Stage, file: string): Promise<Ada> {
  chapter('Ada', 'calls a model from the command line');
  const { gateway, meter } = stage;
  const { person, access } = await signUpAndIn(stage, file);
  const wire: Ada['lastRequest'][] = [];
  const record = (address: unknown, init: RequestInit = {}): Promise<Response> => {
    wire.push({ address: String(address), init });
    return fetch(String(address), init);
  };
  const holdings = await holdingsIn(stage, file, access, record as typeof fetch);

  const start = performance.now();
  const answer = await stream(ask(access, gateway, { model: 'echo', prompt: question }));
  if (!answer.includes(question)) throw new Unexpected('a streamed answer', answer);
  happened('is answered, word by word', `${dollars(meter.microDollars)} in ${since(start)}`);

  await expect(
    'asks again, and this time somebody listens',
    await callModel(holdings.holder, access.token, gateway),
    '200',
  );
  const lastRequest = wire.at(-1);
  if (!lastRequest) throw new Unexpected('a recorded request', 'none');
  return { ...holdings, person, lastRequest };
}

/** What is in `file` after a login, and a fetch by its key. */
export async function holdingsIn(
  { issuer, resource }: Stage,
  file: string,
  access: Access,
  send: typeof fetch = fetch,
): Promise<Holdings> {
  const login = await readLogin(file, issuer, resource);
  if (!login) throw new Unexpected('keeps her key', 'there is no login in the file');
  const jwk = await exportJWK(login.keyPair.publicKey);
  const key = await toProofKey('ES256', login.keyPair.privateKey, jwk);
  happened(
    'holds a token bound to the key of her device',
    `${access.token.slice(0, 13)}… ⇢ ${key.jkt.slice(0, 8)}…`,
  );
  return { access, refreshToken: login.refreshToken, holder: new KeyHolder(key, send) };
}

async function signUpAndIn(
  { issuer, resource }: Stage,
  file: string,
): Promise<{ person: Person; access: Access }> {
  const ada = new Person('Ada', issuer);
  const login = async (kept: string, visit: (address: URL) => Promise<void>): Promise<Access> => {
    const visits: Promise<void>[] = [];
    const show = (address: URL): void => void visits.push(visit(address));
    const access = await signIn({ issuer, resource, clientId, file: kept, show });
    await Promise.all(visits);
    return access;
  };
  let start = performance.now();
  await login(`${file}.first`, (address) => ada.signUp(address));
  happened('signs up with a passkey; there is no password', since(start));
  start = performance.now();
  const access = await login(file, (address) => ada.signIn(address));
  happened('signs in with it, from another browser', since(start));
  return { person: ada, access };
}

/** She cuts everything off, and her own next call is refused. */
export async function tellRevocation({ gateway, issuer, resource }: Stage, ada: Ada): Promise<void> {
  chapter('Ada', 'revokes her login');
  const { access, refreshToken } = ada;
  const asked = performance.now();
  await oidc.tokenRevocation(access.config, refreshToken);
  const revoked = performance.now();
  happened('revokes', `${(revoked - asked).toFixed(1)} ms`);
  const answer = await callModel(ada.holder, access.token, gateway);
  const later = `${(performance.now() - revoked).toFixed(1)} ms after the revocation`;
  await expect('her own next call, with key and proof', answer, '401 invalid_token', later);
  const form = { grant_type: 'refresh_token', refresh_token: refreshToken, client_id: clientId, resource };
  await expect(
    'her own refresh token',
    await postForm(ada.holder, `${issuer}/token`, form),
    '400 invalid_grant',
  );
}

export function callModel(
  holder: KeyHolder,
  accessToken: string,
  gateway: URL,
  model = 'echo-large',
): Promise<Response> {
  const body = JSON.stringify({ model, messages: [{ role: 'user', content: question }] });
  return holder.post(new URL('/v1/chat/completions', gateway), 'application/json', body, accessToken);
}

export function postForm(
  holder: KeyHolder,
  address: string,
  form: Record<string, string>,
): Promise<Response> {
  return holder.post(address, 'application/x-www-form-urlencoded', new URLSearchParams(form).toString());
}

/** Tells what came back; throws when it is not what should: `401 invalid_token`. */
export async function expect(what: string, response: Response, outcome: string, fact = ''): Promise<void> {
  const body = (await response.json().catch(() => ({}))) as { error?: string | { code?: string } };
  const error = typeof body.error === 'string' ? body.error : body.error?.code;
  const came = [response.status, error].filter(Boolean).join(' ');
  if (came !== outcome) throw new Unexpected(what, `${came} instead of ${outcome}`);
  const told = response.ok ? 'served' : `refused  ${came}`;
  happened(what, fact === '' ? told : `${told.padEnd(32)} ${fact}`);
}

function since(start: number): string {
  return `${Math.round(performance.now() - start)} ms`;
}
