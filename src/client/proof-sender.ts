import { isRecord } from '../lib/json.js';
import { createProof, type ProofKey, type ProofSources } from '../proof/create-proof.js';
import { readAuthenticateHeader } from './authenticate-header.js';

/** One request without its credentials. */
export interface PlainRequest {
  readonly url: URL;
  readonly init: RequestInit & { readonly method: string; readonly headers: Headers };
  /** Whether `init` may be sent a second time. */
  readonly repeatable: boolean;
}

/** What proves who sends: the key, and the access token where the server is a resource server. */
export interface Credentials {
  readonly key: ProofKey;
  readonly token?: string;
}

/** Sends requests with a fresh proof each, and keeps every server's nonces apart. */
export class ProofSender {
  readonly #fetch: typeof fetch;
  readonly #sources: ProofSources;
  readonly #nonces = new Map<string, string>();

  constructor(send: typeof fetch, sources: ProofSources) {
    this.#fetch = send;
    this.#sources = sources;
  }

  /** Whether a nonce of the server is known. */
  knows({ origin }: URL): boolean {
    return this.#nonces.has(origin);
  }

  /** Repeated once when the server asks for its nonce (RFC 9449 §8, §9), with another proof. */
  async send(request: PlainRequest, credentials: Credentials): Promise<Response> {
    const response = await this.#attempt(request, credentials, this.#nonces.get(request.url.origin));
    if (!request.repeatable || !(await asksForNonce(response))) return response;
    await response.body?.cancel();
    // Its own answer's nonce: parallel answers may have brought others meanwhile.
    return this.#attempt(request, credentials, response.headers.get('dpop-nonce') ?? undefined);
  }

  async #attempt(
    { url, init }: PlainRequest,
    { key, token }: Credentials,
    nonce: string | undefined,
  ): Promise<Response> {
    const proof = await createProof(
      key,
      {
        method: init.method,
        url: url.href,
        ...(token !== undefined && { accessToken: token }),
        ...(nonce !== undefined && { nonce }),
      },
      this.#sources,
    );
    const headers = new Headers(init.headers);
    headers.set('dpop', proof);
    if (token !== undefined) headers.set('authorization', `DPoP ${token}`);
    const send = this.#fetch;
    const response = await send(url.href, { ...init, headers });
    // RFC 9449 §8.2: a nonce on any answer replaces the one before.
    const next = response.headers.get('dpop-nonce');
    if (next !== null) this.#nonces.set(url.origin, next);
    return response;
  }
}

/** The error of an answer's DPoP challenge. */
export function dpopError(response: Response): string | undefined {
  const challenges = readAuthenticateHeader(response.headers.get('www-authenticate') ?? '');
  return challenges.find(({ scheme }) => scheme === 'dpop')?.parameters.get('error');
}

/** RFC 9449 §8 (authorization server: 400 and JSON) and §9 (resource server: 401 and a challenge). */
async function asksForNonce(response: Response): Promise<boolean> {
  if (!response.headers.has('dpop-nonce')) return false;
  if (response.status === 401) return dpopError(response) === 'use_dpop_nonce';
  if (response.status !== 400) return false;
  if (!/\bjson\b/.test(response.headers.get('content-type') ?? '')) return false;
  const body: unknown = await response
    .clone()
    .json()
    .catch(() => undefined);
  return isRecord(body) && body['error'] === 'use_dpop_nonce';
}
