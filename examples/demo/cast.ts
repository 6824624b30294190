import { exportJWK } from 'jose';
import { toProofKey } from '../../src/client/index.js';
import type { SceneName, SceneResult } from '../../src/demo/scene.js';
import { readLogin } from '../cli/vault.js';
import type { Access } from '../support/model-gateway.js';
import type { Assertion } from '../support/software-authenticator.js';
import type { CookieTheft } from './cookie-thief.js';
import type { HttpsStage } from './https-stage.js';
import { KeyHolder } from './key-holder.js';
import type { Person } from './person.js';

/** Where the story plays: a provider and a gateway, running. */
export interface Servers {
  readonly issuer: string;
  readonly gateway: URL;
  readonly resource: string;
}

/** What happens on a page, and what only a terminal has room for. */
export type EveryScene =
  | SceneName
  | 'ask'
  | 'noProof'
  | 'refreshWithoutKey'
  | 'meanwhile'
  | 'renewWithoutKey'
  | 'renewed'
  | 'signedBefore'
  | 'refreshAfter';

export type Play = (cast: Cast) => Promise<SceneResult>;

/** A step of the story came out otherwise than it should. */
export class Unexpected extends Error {
  readonly what: string;

  constructor(what: string, instead: string) {
    super(instead);
    this.what = what;
  }
}

export const question = 'Is a stolen token worth anything?';
export const dearest = 'echo-frontier';

/** What the command line keeps of a login. */
export interface Holdings {
  readonly access: Access;
  readonly refreshToken: string;
  /** Her key. */
  readonly jkt: string;
  /** Sends with it. */
  readonly holder: KeyHolder;
}

/** Everybody in the story and what each of them has by now. */
export interface Cast {
  readonly servers: Servers;
  readonly person: Person;
  readonly clientId: string;
  /** Where her command line keeps her login. */
  readonly file: string;
  /** Words of a streamed answer, as they come. */
  readonly hear: (words: string) => void;
  /** Where browsers bind their sessions. */
  readonly https: () => Promise<HttpsStage>;
  cookies?: CookieTheft;
  holdings?: Holdings;
  /** A whole request of hers as it went over the wire. */
  recorded?: { readonly address: string; readonly init: RequestInit };
  /** The thief, with a key of his own. */
  thief?: KeyHolder;
  /** What her passkey signed for the approval. */
  assertion?: Assertion;
  /** The request that the thief would have her session approve. */
  forged?: { readonly answer: (response: object) => Promise<Response>; readonly options: object };
  /** How many milliseconds after her revocation the first call was refused. */
  bitAfter?: number;
}

/** What a scene needs of an earlier one. */
export function had<Thing>(thing: Thing | undefined): Thing {
  if (thing === undefined) throw new Error('the scenes of the story were played out of order');
  return thing;
}

/** What is in the file after a login, and a sender with its key. */
export async function holdingsAfter(
  { servers: { issuer, resource }, file }: Cast,
  access: Access,
  send: typeof fetch = fetch,
): Promise<Holdings> {
  const login = await readLogin(file, issuer, resource);
  if (!login) throw new Unexpected('keeps her key', 'there is no login in the file');
  const jwk = await exportJWK(login.keyPair.publicKey);
  const key = await toProofKey('ES256', login.keyPair.privateKey, jwk);
  return { access, refreshToken: login.refreshToken, jkt: key.jkt, holder: new KeyHolder(key, send) };
}

export function callModel(
  { servers }: Cast,
  holder: KeyHolder,
  accessToken: string,
  model = 'echo-large',
): Promise<Response> {
  const body = JSON.stringify({ model, messages: [{ role: 'user', content: question }] });
  const address = new URL('/v1/chat/completions', servers.gateway);
  return holder.post(address, 'application/json', body, accessToken);
}

export function postForm(
  holder: KeyHolder,
  address: string,
  form: Record<string, string>,
): Promise<Response> {
  return holder.post(address, 'application/x-www-form-urlencoded', new URLSearchParams(form).toString());
}

interface Answered {
  readonly error?: string | { readonly code?: string };
  readonly usage?: { readonly cost_micro_dollars?: number };
}

/** A request of the story, with what came of it: answer, time, and cost by what the gateway says. */
export async function timed(
  ask: () => Promise<Response>,
): Promise<SceneResult & { readonly answer: string }> {
  const start = performance.now();
  const response = await ask();
  const body = (await response.json().catch(() => ({}))) as Answered;
  const milliseconds = performance.now() - start;
  const error = typeof body.error === 'string' ? body.error : body.error?.code;
  const cost = body.usage?.cost_micro_dollars ?? 0;
  return { answer: [response.status, error].filter(Boolean).join(' '), milliseconds, cost };
}
