import * as oidc from 'openid-client';
import type { CallChallenge } from '../../src/client/index.js';
import type { SceneResult } from '../../src/demo/scene.js';
import { isRecord } from '../../src/lib/json.js';
import { signIn, stepUp, type SignInOptions } from '../cli/sign-in.js';
import { Challenged } from '../support/challenge-answer.js';
import { ask, type Access } from '../support/model-gateway.js';
import type { Assertion } from '../support/software-authenticator.js';
import {
  callModel,
  dearest,
  had,
  holdingsAfter,
  postForm,
  question,
  timed,
  Unexpected,
  type Cast,
} from './cast.js';

/** She signs in with her passkey, from a browser that has never been here. */
export async function logIn(cast: Cast): Promise<SceneResult> {
  const start = performance.now();
  const access = await letIn(cast, cast.file, (address) => cast.person.signIn(address));
  const milliseconds = performance.now() - start;
  cast.holdings = await holdingsAfter(cast, access, (async (address: unknown, init: RequestInit = {}) => {
    cast.recorded = { address: String(address), init };
    return fetch(String(address), init);
  }) as typeof fetch);
  return { milliseconds, cost: 0 };
}

/** The command line logs in; its person goes where it shows her. */
export async function letIn(
  cast: Cast,
  file: string,
  visit: (address: URL) => Promise<void>,
): Promise<Access> {
  const visits: Promise<void>[] = [];
  const access = await signIn(optionsOf({ ...cast, file }, (address) => void visits.push(visit(address))));
  await Promise.all(visits);
  return access;
}

/** She asks, and is answered word by word. */
export async function askWords({ servers, holdings, hear }: Cast): Promise<SceneResult> {
  const { access } = had(holdings);
  const start = performance.now();
  let answer = '';
  for await (const words of ask(access, servers.gateway, { model: 'echo', prompt: question })) {
    answer += words;
    hear(words);
  }
  if (!answer.includes(question)) throw new Unexpected('a streamed answer', answer);
  return { milliseconds: performance.now() - start, cost: 0 };
}

/** She asks; what she sends is recorded. */
export function call(cast: Cast): Promise<SceneResult> {
  const { holder, access } = had(cast.holdings);
  return timed(() => callModel(cast, holder, access.token));
}

/** The dearest model asks for her; she approves two calls, and asks again. */
export async function approve(cast: Cast): Promise<SceneResult> {
  const start = performance.now();
  const challenge = await challengeFor(cast);
  let approving: Promise<Assertion> | undefined;
  const options = optionsOf(cast, (address) => {
    approving = cast.person.approve(address);
  });
  const access = await stepUp(had(cast.holdings).access, options, challenge);
  const assertion = await approving;
  if (!assertion) throw new Unexpected('approves', 'nobody was asked');
  cast.assertion = assertion;
  cast.holdings = await holdingsAfter(cast, access);
  const answered = await askDearest(cast);
  const limit = limitOf(challenge);
  return { ...answered, milliseconds: performance.now() - start, ...(limit !== undefined && { limit }) };
}

export function askDearest(cast: Cast): Promise<SceneResult> {
  const { holder, access } = had(cast.holdings);
  return timed(() => callModel(cast, holder, access.token, dearest));
}

/** She cuts her login off; how soon it bites is seen by a call that is sent at once. */
export async function revoke(cast: Cast): Promise<SceneResult> {
  const { access, refreshToken, holder } = had(cast.holdings);
  const asked = performance.now();
  await oidc.tokenRevocation(access.config, refreshToken);
  const revoked = performance.now();
  const next = await callModel(cast, holder, access.token);
  if (next.status !== 401) throw new Unexpected('revoke', `the next call was answered with ${next.status}`);
  cast.bitAfter = performance.now() - revoked;
  return { answer: '200', milliseconds: revoked - asked, cost: 0 };
}

/** Another call after it, with token, proof and key. */
export async function after(cast: Cast): Promise<SceneResult> {
  const { holder, access } = had(cast.holdings);
  const answered = await timed(() => callModel(cast, holder, access.token));
  return { ...answered, milliseconds: had(cast.bitAfter) };
}

export function refreshAfter(cast: Cast): Promise<SceneResult> {
  const { holder, refreshToken } = had(cast.holdings);
  return timed(() => postForm(holder, `${cast.servers.issuer}/token`, refreshForm(cast, refreshToken)));
}

export function refreshForm({ clientId, servers }: Cast, refreshToken: string): Record<string, string> {
  const { resource } = servers;
  return { grant_type: 'refresh_token', refresh_token: refreshToken, client_id: clientId, resource };
}

function optionsOf(
  { servers: { issuer, resource }, clientId, file }: Cast,
  show: (address: URL) => void,
): SignInOptions {
  return { issuer, resource, clientId, file, show };
}

/** What the gateway answers; of the approval, she takes no more than she needs. */
async function challengeFor({ servers, holdings }: Cast): Promise<CallChallenge> {
  try {
    for await (const _ of ask(had(holdings).access, servers.gateway, { model: dearest, prompt: question }));
  } catch (error) {
    if (!(error instanceof Challenged)) throw error;
    const { authorizationDetails = [] } = error.challenge;
    return {
      ...error.challenge,
      authorizationDetails: authorizationDetails.map((each) => ({ ...each, count: 2 })),
    };
  }
  throw new Unexpected('a challenge', 'the call was served');
}

function limitOf({ authorizationDetails: [detail] = [] }: CallChallenge): string | undefined {
  const limit = detail?.['spend_limit'];
  return isRecord(limit) && typeof limit['amount'] === 'string' ? limit['amount'] : undefined;
}
