import type { UpstreamProviderConfig } from '../config/schema.js';
import { type Clock, epochSeconds } from '../lib/clock.js';
import { sha256 } from '../lib/hashing.js';
import type { Random } from '../lib/random.js';
import { accepted, refused, type Result } from '../lib/result.js';
import type { SecurityEvents } from '../observability/events.js';
import type { UpstreamClient } from './upstream-client.js';
import type { UpstreamLoginBox } from './upstream-login-box.js';
import type { UpstreamArrival, UpstreamPlace, UpstreamQuestion } from './upstream-login.js';
import type { UpstreamPerson } from './upstream-person.js';
import { checkFreshness, readUpstreamPerson } from './upstream-person-policy.js';

export interface UpstreamLoginPorts {
  readonly providers: readonly UpstreamProviderConfig[];
  /** Our own. */
  readonly issuer: string;
  readonly client: Pick<UpstreamClient, 'authorizationUrl' | 'exchange'>;
  readonly box: UpstreamLoginBox;
  readonly events: Pick<SecurityEvents, 'upstreamRefused'>;
  readonly clock: Clock;
  readonly random: Random;
}

export interface UpstreamWish {
  readonly providerId: string;
  readonly interaction: string;
  /** What the browser's cookie holds. */
  readonly browserSecret: string;
  /** Seconds; 0: she must prove herself anew. */
  readonly maxAge: number | undefined;
}

export interface UpstreamAnswer {
  /** Of the redirect URI at which the answer came. */
  readonly providerId: string;
  /** Parameters of the answer. */
  readonly parameters: URLSearchParams;
  readonly browserSecret: string;
}

/** The person is back, and where she goes on; the ticket is for her browser alone. */
export interface UpstreamReturn {
  readonly interaction: string;
  readonly ticket: string;
}

/** Sends a person to log in at an upstream provider, and takes what the provider answers. */
export class UpstreamLoginService {
  readonly #ports: UpstreamLoginPorts;

  constructor(ports: UpstreamLoginPorts) {
    this.#ports = ports;
  }

  /** Where the browser is to go. */
  async begin({ providerId, interaction, browserSecret, maxAge }: UpstreamWish): Promise<Result<string>> {
    const { box, client, clock, random } = this.#ports;
    const provider = this.#provider(providerId);
    if (!provider) return refused('not_found', 'there is no such upstream provider');
    const secret = () => random.bytes(32).toString('base64url');
    const [state, nonce, verifier] = [secret(), secret(), secret()];
    const redirectUri = this.#redirectUri(providerId);
    const wish = { redirectUri, state, nonce, verifier, maxAge };
    const url = await client.authorizationUrl(provider, wish);
    if (!url.ok) return this.#told(providerId, url);
    const question: UpstreamQuestion = {
      kind: 'question',
      providerId,
      interaction,
      browser: digestOf(browserSecret),
      nonce,
      verifier,
      askedAt: epochSeconds(clock),
      ...(maxAge === undefined ? {} : { maxAge }),
    };
    await box.put(state, question);
    return url;
  }

  /**
   * Takes the answer, once. Refused as `upstream_spent` when it is no answer to what this browser asked this provider;
   * what else is wrong with it the person reads where she began.
   */
  async arrive(answer: UpstreamAnswer): Promise<Result<UpstreamReturn>> {
    const { box, random } = this.#ports;
    const [state = '', ...more] = answer.parameters.getAll('state');
    const question = more.length === 0 ? await box.take(state, 'question') : undefined;
    if (!question) return this.#told(answer.providerId, spent('the state is unknown, used or expired'));
    // RFC 9700 §4.7: the state is bound to the browser; else an attacker logs somebody in as himself, or as his victim.
    if (question.browser !== digestOf(answer.browserSecret)) {
      return this.#told(answer.providerId, spent('the answer came to another browser'));
    }
    const person = await this.#identify(answer, question, state);
    const { providerId, interaction, browser } = question;
    const place: UpstreamPlace = { providerId, interaction, browser };
    const arrival: UpstreamArrival = person.ok
      ? { kind: 'arrival', ...place, person: person.value }
      : { kind: 'arrival', ...place, refusal: person.refusal };
    if (!person.ok) this.#told(providerId, person);
    const ticket = random.bytes(32).toString('base64url');
    await box.put(ticket, arrival);
    return accepted({ interaction, ticket });
  }

  async #identify(
    { providerId, parameters }: UpstreamAnswer,
    question: UpstreamQuestion,
    state: string,
  ): Promise<Result<UpstreamPerson>> {
    // RFC 9700 §4.4.2: each provider has a redirect URI of its own, so that a code never goes to another one's
    // token endpoint (mix-up); `iss` is the second lock.
    if (question.providerId !== providerId) {
      const detail = `the answer to ${question.providerId} came to the redirect URI of another provider`;
      return refused('upstream_rejected', detail);
    }
    const provider = this.#provider(providerId);
    if (!provider) return refused('upstream_rejected', 'the upstream provider was taken out meanwhile');
    const url = new URL(`${this.#redirectUri(providerId)}?${parameters.toString()}`);
    const { nonce, verifier, askedAt, maxAge } = question;
    const claims = await this.#ports.client.exchange(provider, { url, state, nonce, verifier });
    if (!claims.ok) return claims;
    const person = readUpstreamPerson(claims.value, provider);
    if (!person.ok) return person;
    const fresh = checkFreshness(person.value, { askedAt, maxAge });
    return fresh.ok ? person : fresh;
  }

  #provider(id: string): UpstreamProviderConfig | undefined {
    return this.#ports.providers.find((provider) => provider.id === id);
  }

  #redirectUri(providerId: string): string {
    return `${this.#ports.issuer}/upstream/${providerId}/callback`;
  }

  #told<Refused extends Extract<Result<never>, { ok: false }>>(providerId: string, result: Refused): Refused {
    const known = this.#provider(providerId) !== undefined;
    this.#ports.events.upstreamRefused({ providerId: known ? providerId : '', ...result.refusal });
    return result;
  }
}

function spent(detail: string) {
  return refused('upstream_spent', detail) as Extract<Result<never>, { ok: false }>;
}

export function digestOf(browserSecret: string): string {
  return sha256(browserSecret).toString('hex');
}
