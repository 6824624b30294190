import { systemClock, type Clock } from '../lib/clock.js';
import { generateProofKey, type ProofKey } from '../proof/create-proof.js';
import {
  beginAuthorization,
  readAuthorizationResponse,
  type AuthorizationWish,
  type Departure,
  type Journey,
} from './authorization.js';
import type { CallChallenge } from './challenge.js';
import { AuthorizationRefused, LoginRequired, ProviderUnreachable } from './client-error.js';
import type { LoginIdentity, LoginStore, LoginTokens, StoredLogin } from './login-store.js';
import { memoryStore } from './login-store.js';
import { ProofSender } from './proof-sender.js';
import { Provider, type ProviderAnswer } from './provider.js';
import { refreshTokens } from './refresh.js';
import { originsOf } from './resource-origins.js';
import { readIdToken, readTokens, subjectOf } from './token-response.js';
import { webRandom } from './web-random.js';

export interface LoginOptions extends LoginIdentity {
  readonly scope: string;
  /** Unset: the login ends with the process. */
  readonly store?: LoginStore;
  /** Where the resource is reached beside its identifier's origin. Tokens go nowhere else. */
  readonly origins?: readonly string[];
  /**
   * Brings the person to the provider, and her answer to `login.arrive` or `login.accept`. Rejects with
   * AuthorizationRefused when she says no. Unset: challenges are answers like others.
   */
  readonly onStepUp?: (challenge: CallChallenge, login: Login) => Promise<void>;
  readonly fetch?: typeof fetch;
  readonly clock?: Clock;
  readonly random?: { bytes(length: number): Uint8Array };
}

/** An access token, and the key without which it is worth nothing. */
export interface Access {
  readonly key: ProofKey;
  readonly token: string;
}

/** Whether she gave it; or the login has other tokens than those that were refused, so that nobody was asked. */
export type StepUpOutcome = 'given' | 'not_given' | 'already_other';

/** Renewed so long before its end, in milliseconds, so that a call that starts now doesn't meet it. */
const margin = 15_000;

/** The login of a client app at one provider, for one resource. */
export class Login {
  readonly provider: Provider;
  readonly resource: string;
  readonly scope: string;
  /** Where access tokens may be sent. */
  readonly origins: readonly string[];
  readonly sender: ProofSender;
  readonly clock: Clock;
  readonly #random: { bytes(length: number): Uint8Array };
  readonly #store: LoginStore;
  readonly #onStepUp: LoginOptions['onStepUp'];
  #held: StoredLogin | undefined;
  #renewing: Promise<StoredLogin> | undefined;
  #asking: { readonly what: string; readonly done: Promise<void> } | undefined;

  constructor(options: LoginOptions) {
    // Called as a plain function: a browser's own refuses to be a method of something else.
    const { fetch: send = (input, init) => fetch(input, init) } = options;
    const { clock = systemClock, random = webRandom, store = memoryStore() } = options;
    this.clock = clock;
    this.#random = random;
    this.#store = store;
    this.#onStepUp = options.onStepUp;
    this.resource = options.resource;
    this.scope = options.scope;
    this.origins = originsOf(options.resource, options.origins);
    this.sender = new ProofSender(send, { clock, random });
    this.provider = new Provider(options.issuer, options.clientId, send, this.sender);
  }

  /** What is kept of this login, tokens included; undefined when there is none. */
  async current(): Promise<StoredLogin | undefined> {
    this.#held ??= await this.#read();
    return this.#held;
  }

  /** `sub` of the person whose login it is, where the provider told it in an ID token. */
  async subject(): Promise<string | undefined> {
    return subjectOf((await this.current())?.tokens?.idToken);
  }

  /** Access that lives for a while yet, renewed once for however many ask. @throws LoginRequired */
  async access(): Promise<Access> {
    const login = await this.current();
    if (login?.tokens && this.#lives(login.tokens, margin)) return accessOf(login);
    try {
      return accessOf(await this.#renew(login?.tokens?.accessToken));
    } catch (error) {
      // A provider that is away for a moment takes nothing from a token that still lives.
      if (error instanceof ProviderUnreachable && login?.tokens && this.#lives(login.tokens, 0)) {
        return accessOf(login);
      }
      throw error;
    }
  }

  /** Another access after the resource refused this token. @throws LoginRequired */
  async renew(refused: string): Promise<Access> {
    const login = await this.current();
    if (login?.tokens && login.tokens.accessToken !== refused) return this.access();
    return accessOf(await this.#renew(refused));
  }

  /**
   * Asks the person for what a call needs. Whoever wants the same at the same time waits for her one answer; whoever
   * wants something else waits and tries with that first.
   */
  async stepUp(challenge: CallChallenge, refused: string): Promise<StepUpOutcome> {
    const login = await this.current();
    if (login?.tokens && login.tokens.accessToken !== refused) return 'already_other';
    const ask = this.#onStepUp;
    if (!ask) return 'not_given';
    const what = JSON.stringify(challenge);
    if (this.#asking && this.#asking.what !== what) {
      await this.#asking.done.catch(() => undefined);
      return this.stepUp(challenge, refused);
    }
    this.#asking ??= {
      what,
      done: ask(challenge, this).finally(() => {
        this.#asking = undefined;
      }),
    };
    try {
      await this.#asking.done;
      return 'given';
    } catch (error) {
      if (error instanceof AuthorizationRefused) return 'not_given';
      throw error;
    }
  }

  /** The key of this login; made, and kept, when there is none. */
  async key(): Promise<ProofKey> {
    const kept = await this.current();
    if (kept) return kept.key;
    return this.#store.exclusively(async () => {
      // Another tab or process may have made one meanwhile.
      const others = await this.#read();
      const key = others?.key ?? (await generateProofKey('ES256', this.#store.extractable === true));
      this.#held = others ?? { ...this.#identity(), key };
      if (!others) await this.#store.write(this.#held);
      return key;
    });
  }

  /** Where the person goes to sign in or to approve. What is kept of the journey takes her answer, once. */
  async depart(wish: AuthorizationWish): Promise<Journey> {
    const { provider, resource, scope } = this;
    const asking = { provider, resource, scope, key: await this.key(), random: this.#random };
    const { address, departure } = await beginAuthorization(asking, wish);
    const subject = wish.challenge && (await this.subject());
    return { address, departure: { ...departure, ...(subject !== undefined && { subject }) } };
  }

  /** Takes the provider's answer, as it came to the redirect URI. @throws AuthorizationRefused */
  async arrive(departure: Departure, response: string | URL): Promise<LoginTokens> {
    const code = await readAuthorizationResponse(this.provider, departure, new URL(response));
    const key = await this.key();
    const answer = await this.provider.post('token_endpoint', key, {
      grant_type: 'authorization_code',
      code,
      redirect_uri: departure.redirectUri,
      code_verifier: departure.verifier,
      resource: this.resource,
    });
    return this.accept(answer, departure);
  }

  /**
   * Takes a token response that was got with this login's key.
   * @throws AuthorizationRefused when a call needs somebody's approval, and somebody else gave it
   */
  async accept(
    answer: ProviderAnswer,
    { nonce, subject }: Partial<Pick<Departure, 'nonce' | 'subject'>> = {},
  ): Promise<LoginTokens> {
    const tokens = readTokens(answer, this.clock);
    const { issuer, clientId } = this.provider;
    const expected = { issuer, clientId, ...(nonce !== undefined && { nonce }) };
    const wantsIdToken = this.scope.split(' ').includes('openid') && nonce !== undefined;
    if (tokens.idToken !== undefined || wantsIdToken) {
      const { sub } = readIdToken(tokens.idToken ?? '', expected, this.clock);
      // Else the login would become another's by an approval, and her calls would be paid by whoever sat there.
      if (subject !== undefined && sub !== subject) throw new AuthorizationRefused('another_person');
    }
    const key = await this.key();
    await this.#store.exclusively(() => this.#keep({ ...this.#identity(), key, tokens }));
    return tokens;
  }

  /** Forgets the login on this device. The provider's own is ended at its `end_session_endpoint`. */
  async forget(): Promise<void> {
    this.#held = undefined;
    await this.#store.exclusively(() => this.#store.remove());
  }

  /** Revokes the login at the provider, and forgets it. */
  async revoke(): Promise<void> {
    const login = await this.current();
    const token = login?.tokens?.refreshToken ?? login?.tokens?.accessToken;
    const { revocation_endpoint } = await this.provider.metadata();
    if (login && token !== undefined && revocation_endpoint !== undefined) {
      await this.provider.post('revocation_endpoint', login.key, { token });
    }
    await this.forget();
  }

  #renew(refused: string | undefined): Promise<StoredLogin> {
    this.#renewing ??= this.#store
      .exclusively(() => this.#renewAlone(refused))
      .finally(() => {
        this.#renewing = undefined;
      });
    return this.#renewing;
  }

  /** Nobody else who shares the store renews now; who did so before left the tokens there. */
  async #renewAlone(refused: string | undefined): Promise<StoredLogin> {
    const login = await this.#read();
    this.#held = login;
    if (!login?.tokens) throw new LoginRequired('Nobody is signed in');
    const { tokens } = login;
    if (tokens.accessToken !== refused && this.#lives(tokens, margin)) return login;
    const outcome = await refreshTokens(this.provider, login, this.resource, this.clock);
    if (outcome === 'ended') {
      await this.#keep({ ...this.#identity(), key: login.key });
      throw new LoginRequired('The login has ended');
    }
    return this.#keep({ ...login, tokens: outcome });
  }

  async #keep(login: StoredLogin): Promise<StoredLogin> {
    // First here: when the store fails, this process still has what the provider gave.
    this.#held = login;
    await this.#store.write(login);
    return login;
  }

  #lives({ expiresAt }: LoginTokens, ahead: number): boolean {
    return expiresAt - ahead > this.clock.now();
  }

  /** A store that holds somebody else's login holds none of ours: no token goes to another provider. */
  async #read(): Promise<StoredLogin | undefined> {
    const kept = await this.#store.read();
    const { issuer, clientId, resource } = this.#identity();
    const ours = kept?.issuer === issuer && kept.clientId === clientId && kept.resource === resource;
    return ours ? kept : undefined;
  }

  #identity(): LoginIdentity {
    const { issuer, clientId } = this.provider;
    return { issuer, clientId, resource: this.resource };
  }
}

function accessOf({ key, tokens }: StoredLogin): Access {
  if (!tokens) throw new LoginRequired('Nobody is signed in');
  return { key, token: tokens.accessToken };
}
