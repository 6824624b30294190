import { systemClock, type Clock } from '../lib/clock.js';
import { isRecord } from '../lib/json.js';
import { systemRandom, type Random } from '../lib/random.js';
import { createProof, type ProofKey } from '../proof/create-proof.js';

export interface BoundRequest {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Text, so that it can be sent again with the server's nonce. */
  readonly body?: string;
  /** Sent as `Authorization: DPoP`; without it only the proof goes along, as to a token endpoint. */
  readonly accessToken?: string;
  readonly signal?: AbortSignal;
}

/** Sends requests with a fresh proof each. Never follows a redirect: a proof is for one address. */
export type BoundFetch = (url: string | URL, request?: BoundRequest) => Promise<Response>;

export interface BoundFetchOptions {
  readonly key: ProofKey;
  readonly clock?: Clock;
  readonly random?: Random;
  readonly fetch?: typeof fetch;
}

/** A fetch that holds the key: makes the proofs, learns each server's nonces and repeats a request that lacked one. */
export function createBoundFetch(options: BoundFetchOptions): BoundFetch {
  const { key, clock = systemClock, random = systemRandom, fetch: send = fetch } = options;
  const nonces = new Map<string, string>();

  const attempt = async (url: URL, request: BoundRequest): Promise<Response> => {
    const { method = 'GET', accessToken, headers, body, signal } = request;
    const nonce = nonces.get(url.origin);
    const proof = await createProof(
      key,
      {
        method,
        url: url.href,
        ...(accessToken !== undefined && { accessToken }),
        ...(nonce !== undefined && { nonce }),
      },
      { clock, random },
    );
    const authorization = accessToken === undefined ? {} : { authorization: `DPoP ${accessToken}` };
    const response = await send(url, {
      method,
      headers: { ...headers, ...authorization, dpop: proof },
      redirect: 'error',
      ...(body !== undefined && { body }),
      ...(signal !== undefined && { signal }),
    });
    // RFC 9449 §8.2: a nonce on any answer replaces the one before.
    const next = response.headers.get('dpop-nonce');
    if (next !== null) nonces.set(url.origin, next);
    return response;
  };

  return async (address, request = {}) => {
    const url = new URL(address);
    const response = await attempt(url, request);
    if (!(await asksForNonce(response))) return response;
    await response.body?.cancel();
    return attempt(url, request);
  };
}

/** RFC 9449 §8 (authorization server: 400 and JSON) and §9 (resource server: 401 and a challenge). */
async function asksForNonce(response: Response): Promise<boolean> {
  if (!response.headers.has('dpop-nonce')) return false;
  if (response.status === 401) {
    return /\berror="?use_dpop_nonce\b/.test(response.headers.get('www-authenticate') ?? '');
  }
  if (response.status !== 400) return false;
  const body: unknown = await response
    .clone()
    .json()
    .catch(() => undefined);
  return isRecord(body) && body['error'] === 'use_dpop_nonce';
}
