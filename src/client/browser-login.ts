import { isRecord } from '../lib/json.js';
import type { Departure } from './authorization.js';
import { browser } from './browser-globals.js';
import type { CallChallenge } from './challenge.js';
import { AuthorizationRefused, LoginRequired } from './client-error.js';
import { indexedDbStore } from './indexed-db-store.js';
import { Login, type LoginOptions } from './login.js';
import { askInPopup, tellWhoeverAsked } from './popup.js';

export interface BrowserLoginOptions extends LoginOptions {
  /** Where the provider sends the person back; the page there calls `resume`. */
  readonly redirectUri: string;
  /** How she gets there when a call needs her: this page goes (unset), or a window of its own while the call waits. */
  readonly stepUpBy?: 'redirect' | 'popup';
}

export interface SignInWish {
  readonly challenge?: CallChallenge;
  /** `prompt: 'none'` asks the provider without asking her. */
  readonly parameters?: Readonly<Record<string, string>>;
}

/** A journey that this tab began, where she was then, and for what she left. */
interface Left {
  readonly departure: Departure;
  readonly from: string;
  readonly what?: string;
}

/** Two programs that misunderstand each other must not play ball with a person: milliseconds between the same question. */
const soonest = 10_000;

/** The login of a page: kept in IndexedDB for all its tabs, with a key that can't be read out. */
export class BrowserLogin extends Login {
  readonly #redirectUri: string;
  #answered: { readonly what: string | undefined; readonly at: number } | undefined;

  constructor({ redirectUri, stepUpBy, ...options }: BrowserLoginOptions) {
    const onStepUp = (challenge: CallChallenge): Promise<void> =>
      stepUpBy === 'popup' ? askInPopup(this, { redirectUri, challenge }) : this.#leaveFor(challenge);
    super({ store: indexedDbStore(options), onStepUp, ...options });
    this.#redirectUri = redirectUri;
  }

  /**
   * Once for each load of the page: takes the provider's answer, when the address brings one that this tab waits for.
   * Tells whether somebody is signed in. @throws AuthorizationRefused when she, or the provider for her, said no
   */
  async resume(): Promise<boolean> {
    const { location, history } = browser();
    const answer = new URL(location.href);
    if (isAt(answer, this.#redirectUri) && answer.searchParams.has('state')) {
      const left = this.#takeLeft();
      // The code must not stay in the address, the history or a Referer.
      history.replaceState(null, '', left?.from ?? this.#redirectUri);
      if (left) {
        await this.arrive(left.departure, answer);
        this.#answered = { what: left.what, at: this.clock.now() };
      } else tellWhoeverAsked(answer);
    }
    try {
      await this.access();
      return true;
    } catch (error) {
      if (error instanceof LoginRequired) return false;
      throw error;
    }
  }

  /** Sends this page to the provider. What comes after the call doesn't run any more. */
  async signIn({ challenge, parameters }: SignInWish = {}): Promise<never> {
    const wish = {
      redirectUri: this.#redirectUri,
      ...(challenge && { challenge }),
      ...(parameters && { parameters }),
    };
    const { address, departure } = await this.depart(wish);
    const { location, sessionStorage } = browser();
    const left: Left = {
      departure,
      from: location.href,
      ...(challenge && { what: JSON.stringify(challenge) }),
    };
    sessionStorage.setItem(this.#name, JSON.stringify(left));
    location.assign(address);
    return new Promise(() => undefined);
  }

  /** Forgets the login here, and sends this page to the provider to end it there too. */
  async signOut(postLogoutRedirectUri: string): Promise<never> {
    const idToken = (await this.current())?.tokens?.idToken;
    const { end_session_endpoint: there } = await this.provider.metadata();
    await this.revoke();
    const address = new URL(there ?? postLogoutRedirectUri);
    if (there !== undefined) {
      address.searchParams.set('client_id', this.provider.clientId);
      address.searchParams.set('post_logout_redirect_uri', postLogoutRedirectUri);
      if (idToken !== undefined) address.searchParams.set('id_token_hint', idToken);
    }
    browser().location.assign(address.href);
    return new Promise(() => undefined);
  }

  async #leaveFor(challenge: CallChallenge): Promise<void> {
    const { what, at = 0 } = this.#answered ?? {};
    if (what === JSON.stringify(challenge) && at + soonest > this.clock.now()) {
      throw new AuthorizationRefused('asked_just_now');
    }
    await this.signIn({ challenge });
  }

  /** Gone once it is read: no answer is taken twice. */
  #takeLeft(): Left | undefined {
    const { sessionStorage } = browser();
    const text = sessionStorage.getItem(this.#name);
    sessionStorage.removeItem(this.#name);
    const left: unknown = text === null ? undefined : JSON.parse(text);
    return isRecord(left) ? (left as unknown as Left) : undefined;
  }

  get #name(): string {
    return `holdfast ${this.provider.issuer} ${this.provider.clientId}`;
  }
}

function isAt(address: URL, redirectUri: string): boolean {
  const { origin, pathname } = new URL(redirectUri);
  return address.origin === origin && address.pathname === pathname;
}
