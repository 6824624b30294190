import type { Clock } from '../../../lib/clock.js';
import type { BoundFetchOptions } from '../../bound-fetch.js';
import type { CallChallenge } from '../../challenge.js';
import { LoginRequired } from '../../client-error.js';
import type { Access, Login } from '../../login.js';
import { NotApproved } from '../person-answer.js';

/** How long a no stands: an SDK's own retries come within it. In milliseconds. */
const memory = 30_000;

type CallLogin = BoundFetchOptions['login'];

/**
 * The login as the proxy's calls use it. Whoever wants the same waits for one answer of the person, and a no is not
 * asked for again at once: a retry of the same call is no new question.
 */
export class AskingOnce {
  readonly #login: Login;
  readonly #signIn: () => Promise<void>;
  readonly #clock: Clock;
  readonly #refused = new Map<string, { readonly until: number; readonly error: NotApproved }>();
  #signingIn: Promise<void> | undefined;

  constructor(login: Login, signIn: () => Promise<void>, clock: Clock) {
    this.#login = login;
    this.#signIn = signIn;
    this.#clock = clock;
  }

  /** @param onWaiting is told when this call begins to wait for the person */
  forCall(onWaiting: () => void): CallLogin {
    const login = this.#login;
    const orSignIn = async (work: () => Promise<Access>): Promise<Access> => {
      try {
        return await work();
      } catch (error) {
        if (!(error instanceof LoginRequired)) throw error;
        onWaiting();
        await this.#once('sign in', () => this.#signInOnce());
        return login.access();
      }
    };
    return {
      origins: login.origins,
      sender: login.sender,
      access: () => orSignIn(() => login.access()),
      renew: (refused) => orSignIn(() => login.renew(refused)),
      stepUp: (challenge, refused) => {
        onWaiting();
        return this.#once(nameOf(challenge), () => login.stepUp(challenge, refused));
      },
    };
  }

  async #once<Value>(what: string, ask: () => Promise<Value>): Promise<Value> {
    const before = this.#refused.get(what);
    if (before && before.until > this.#clock.now()) throw before.error;
    this.#refused.delete(what);
    try {
      return await ask();
    } catch (error) {
      if (error instanceof NotApproved) this.#refused.set(what, { until: this.#clock.now() + memory, error });
      throw error;
    }
  }

  #signInOnce(): Promise<void> {
    this.#signingIn ??= this.#signIn().finally(() => {
      this.#signingIn = undefined;
    });
    return this.#signingIn;
  }
}

const nameOf = (challenge: CallChallenge): string => JSON.stringify(challenge);
