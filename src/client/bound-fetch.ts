import { readChallenge } from './challenge.js';
import { ForeignOrigin, RedirectRefused } from './client-error.js';
import type { Access, Login } from './login.js';
import { toPlainRequest } from './plain-request.js';
import { dpopError, type PlainRequest } from './proof-sender.js';

export interface BoundFetchOptions {
  /** Whose calls these are: what `createBoundFetch` uses of a `Login`. */
  readonly login: Pick<Login, 'origins' | 'sender' | 'access' | 'renew' | 'stepUp'>;
  /** Bytes of a streamed body that are kept so that it can be sent again; unset: 1 MiB. */
  readonly longestReplay?: number;
}

const mebibyte = 1_048_576;

/**
 * A `fetch` whose every request carries the login's token and a fresh proof. It goes to the resource and nowhere else,
 * follows no redirect, answers nonces, renews what has ended, and asks the person once for what a call needs.
 */
export function createBoundFetch({ login, longestReplay = mebibyte }: BoundFetchOptions): typeof fetch {
  return async (input, init) => {
    const request = await toPlainRequest(input, init, longestReplay);
    const { url } = request;
    // A token for one resource must not reach another server, whoever made the address.
    if (!login.origins.includes(url.origin)) {
      throw new ForeignOrigin(`${url.origin} is not where ${login.origins.join(', ')} takes calls`);
    }
    const call = new Call(login, request, init?.redirect === 'manual');
    return unlessAborted(call.run(), request.init.signal);
  };
}

/** One call, with what may be done about refusals, each once. */
class Call {
  readonly #login: BoundFetchOptions['login'];
  readonly #request: PlainRequest;
  readonly #takesRedirects: boolean;
  #renewed = false;
  #asked = false;
  #triedOthers = false;

  constructor(login: BoundFetchOptions['login'], request: PlainRequest, takesRedirects: boolean) {
    this.#login = login;
    this.#request = request;
    this.#takesRedirects = takesRedirects;
  }

  async run(): Promise<Response> {
    let access = await this.#login.access();
    if (!this.#request.repeatable) await this.#learnNonce(access);
    for (;;) {
      const response = await this.#login.sender.send(this.#request, credentialsOf(access));
      if (this.#isRedirect(response)) {
        await response.body?.cancel();
        throw new RedirectRefused(`${this.#request.url.origin} answered with a redirect`);
      }
      const next = this.#request.repeatable ? await this.#remedy(response, access) : undefined;
      if (next === undefined) return response;
      await response.body?.cancel();
      access = next;
    }
  }

  /** Other access with which the call may go through; undefined when the answer stands. */
  async #remedy(response: Response, access: Access): Promise<Access | undefined> {
    if (response.status === 401 && dpopError(response) === 'invalid_token' && !this.#renewed) {
      this.#renewed = true;
      return this.#login.renew(access.token);
    }
    const challenge = this.#asked ? undefined : await readChallenge(response);
    if (challenge === undefined) return undefined;
    const outcome = await this.#login.stepUp(challenge, access.token);
    // Other tokens are tried once; then it is she who is asked, and once as well.
    if (outcome !== 'already_other' || this.#triedOthers) this.#asked = true;
    else this.#triedOthers = true;
    return outcome === 'not_given' ? undefined : this.#login.access();
  }

  /** A body that can be sent once must find a nonce that holds: a request without one asks for it (RFC 9449 §8.2). */
  async #learnNonce(access: Access): Promise<void> {
    const { url, init } = this.#request;
    if (this.#login.sender.knows(url)) return;
    const { signal } = init;
    const question = {
      method: 'HEAD',
      headers: new Headers(),
      redirect: 'manual',
      ...(signal && { signal }),
    } as const;
    const answer = await this.#login.sender.send(
      { url, init: question, repeatable: false },
      credentialsOf(access),
    );
    await answer.body?.cancel();
  }

  /** A browser says no more than that there was one. */
  #isRedirect({ type, status, headers }: Response): boolean {
    if (this.#takesRedirects) return false;
    return type === 'opaqueredirect' || (status >= 300 && status < 400 && headers.has('location'));
  }
}

function credentialsOf({ key, token }: Access): { key: Access['key']; token: string } {
  return { key, token };
}

/** Whoever gives up a call is released at once, also while others wait on for the same person. */
async function unlessAborted(
  call: Promise<Response>,
  signal: AbortSignal | null | undefined,
): Promise<Response> {
  if (!signal) return call;
  signal.throwIfAborted();
  let stop: (() => void) | undefined;
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason as Error);
    signal.addEventListener('abort', stop, { once: true });
  });
  try {
    return await Promise.race([call, aborted]);
  } finally {
    if (stop) signal.removeEventListener('abort', stop);
    // When the abort won, nobody waits for the call any more.
    call.catch(() => undefined);
  }
}
