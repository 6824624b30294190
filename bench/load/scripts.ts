import type { JsonWebKey } from 'node:crypto';
import { formPost, headerOf, type Reply } from './connection.js';
import { ProofMaker } from './proof-maker.js';

/** What every connection of a run asks for. */
export type Script =
  | { readonly kind: 'introspect'; readonly authorization: string; readonly tokens: readonly string[] }
  | { readonly kind: 'token'; readonly chains: readonly Chain[] };

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

export function createLine(script: Script, target: Target, index: number): Line {
  return script.kind === 'introspect'
    ? introspections(script.tokens, script.authorization, target, index)
    : tokenRequests(script.chains, target, index);
}

function introspections(
  tokens: readonly string[],
  authorization: string,
  { issuer, real }: Target,
  index: number,
): Line {
  const { host } = new URL(issuer);
  const requests = tokens.map((token) => {
    const form = `token=${encodeURIComponent(token)}&token_type_hint=access_token`;
    return formPost(host, '/introspect', { Authorization: authorization }, form);
  });
  let turn = index * 7;
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
