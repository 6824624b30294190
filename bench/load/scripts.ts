import type { JsonWebKey } from 'node:crypto';
import { formPost, headerOf, post, type Reply } from './connection.js';
import { ProofMaker } from './proof-maker.js';

/** What every connection of a run asks for. */
export type Script =
  | { readonly kind: 'introspect'; readonly authorization: string; readonly tokens: readonly string[] }
  | { readonly kind: 'token'; readonly chains: readonly Chain[] }
  | {
      readonly kind: 'calls';
      readonly authorization: string;
      readonly callers: readonly Caller[];
      readonly url: string;
      readonly model: string;
    }
  | {
      readonly kind: 'gateway';
      readonly callers: readonly Caller[];
      /** What proofs name. */
      readonly origin: string;
      readonly path: string;
      readonly body: string;
    };

/** Somebody with a token and the key that it is bound to. */
export interface Caller {
  readonly key: JsonWebKey;
  readonly token: string;
}

/** One line of token requests: with a refresh token, each answer brings the next one. */
export interface Chain {
  readonly key: JsonWebKey;
  readonly form: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly refreshToken?: string;
}

export interface Target {
  readonly port: number;
  /** What proofs name and Host says. */
  readonly issuer: string;
  /** Whether the answers are real: a bare hello answers anything. */
  readonly real: boolean;
}

/** The line of requests of one connection. `settle` says how an answer counts. */
export interface Line {
  next(): string;
  settle(reply: Reply): 'done' | 'again' | 'failed';
}

export function createLine(script: Script, target: Target, index: number, connections: number): Line {
  switch (script.kind) {
    case 'introspect':
      return introspections(script, target, index / connections);
    case 'token':
      return tokenRequests(script.chains, target, index);
    case 'calls':
      return calls(script, target, index);
    case 'gateway':
      return modelCalls(script, target, index);
  }
}

/** Calls of a model through a gateway; one that wants no proof answers them all the same. */
function modelCalls(
  { callers, origin, path, body }: Extract<Script, { kind: 'gateway' }>,
  { issuer }: Target,
  index: number,
): Line {
  const caller = callers[index % callers.length];
  if (!caller) throw new Error('no caller');
  const { key, token } = caller;
  const { host } = new URL(issuer);
  const proofs = new ProofMaker(key);
  return {
    next: () => {
      const headers = { Authorization: `DPoP ${token}`, DPoP: proofs.make('POST', origin + path, token) };
      return post(host, path, headers, body, 'application/json');
    },
    settle: ({ status, head, body: said }) => {
      proofs.nonce = headerOf(head, 'DPoP-Nonce') ?? proofs.nonce;
      if (status === 401 && said.includes('"use_dpop_nonce"')) return 'again';
      return status === 200 ? 'done' : 'failed';
    },
  };
}

/** A gateway hands on what clients send: each call has a token, and a proof of its own. */
function calls(
  { authorization, callers, url, model }: Extract<Script, { kind: 'calls' }>,
  { issuer }: Target,
  index: number,
): Line {
  const caller = callers[index % callers.length];
  if (!caller) throw new Error('no caller');
  const { host } = new URL(issuer);
  const { key, token } = caller;
  const proofs = new ProofMaker(key);
  const headers = { Authorization: authorization };
  return {
    next: () => {
      const proof = { dpop: proofs.make('POST', url, token), method: 'POST', url };
      const question = JSON.stringify({ token, proof, model, caller_address: '192.0.2.1' });
      return post(host, '/calls', headers, question, 'application/json');
    },
    settle: ({ status, body }) => {
      if (status !== 200) return 'failed';
      const answer = JSON.parse(body) as { decision?: string; code?: string; dpop_nonce?: string };
      proofs.nonce = answer.dpop_nonce ?? proofs.nonce;
      if (answer.code === 'nonce_required') return 'again';
      return answer.decision === 'allow' ? 'done' : 'failed';
    },
  };
}

/** One token after another, from a place of its own in the list: no line follows in another's steps. */
function introspections(
  { tokens, authorization }: Extract<Script, { kind: 'introspect' }>,
  { issuer, real }: Target,
  start: number,
): Line {
  const { host } = new URL(issuer);
  const requests = tokens.map((token) => {
    const form = `token=${encodeURIComponent(token)}&token_type_hint=access_token`;
    return formPost(host, '/introspect', { Authorization: authorization }, form);
  });
  let turn = Math.floor(start * tokens.length);
  return {
    next: () => requests[turn++ % requests.length] ?? '',
    settle: ({ status, body }) =>
      status === 200 && (!real || body.startsWith('{"active":true')) ? 'done' : 'failed',
  };
}

function tokenRequests(chains: readonly Chain[], { issuer, real }: Target, index: number): Line {
  const chain = chains[index];
  if (!chain) throw new Error(`no chain for connection ${index}`);
  const { host } = new URL(issuer);
  const address = `${issuer}/token`;
  const proofs = new ProofMaker(chain.key);
  let { refreshToken } = chain;
  return {
    next: () => {
      const refresh = refreshToken === undefined ? {} : { refresh_token: refreshToken };
      const form = new URLSearchParams({ ...chain.form, ...refresh }).toString();
      return formPost(host, '/token', { ...chain.headers, DPoP: proofs.make('POST', address) }, form);
    },
    settle: ({ status, head, body }) => {
      proofs.nonce = headerOf(head, 'DPoP-Nonce') ?? proofs.nonce;
      if (status === 400 && body.includes('"use_dpop_nonce"')) return 'again';
      if (status !== 200) return 'failed';
      if (!real) return 'done';
      const answer = JSON.parse(body) as { access_token?: string; refresh_token?: string };
      if (refreshToken !== undefined) refreshToken = answer.refresh_token ?? refreshToken;
      return answer.access_token === undefined ? 'failed' : 'done';
    },
  };
}
