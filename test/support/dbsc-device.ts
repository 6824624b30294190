import assert from 'node:assert/strict';
import { registrationOffer, type OfferSeen } from './dbsc-offer.js';
import { createDbscKey, type DbscAlgorithm, type DbscKey, dbscProof } from './dbsc-proof.js';
import { type BehindTls, HttpsVisitor, type HttpsVisitorOptions } from './https-visitor.js';
import type { Sending, Visit } from './visitor.js';

export interface DbscServer extends BehindTls {
  readonly clock: { now(): number };
}

export interface DbscDeviceOptions extends HttpsVisitorOptions {
  readonly algorithm?: DbscAlgorithm;
  /** False: offers are kept in `offers` until the test calls `register`. */
  readonly registers?: boolean;
}

/** What the browser keeps of a session that it holds. */
export interface HeldSession {
  readonly id: string;
  readonly refreshUrl: string;
  readonly cookie: string;
  readonly exclude: readonly string[];
  readonly key: DbscKey;
  /** The one that rode on the last answer; unset: asked for by a refresh without proof. */
  challenge: string | undefined;
  /** By `Max-Age` or `Expires` of the bound cookie, in milliseconds since the epoch. */
  until: number;
}

/** What a test has a proof say in place of the truth. */
export interface Lie {
  readonly key?: DbscKey;
  readonly challenge?: string;
  /** With a `jwk` where there must be none, or without. */
  readonly withKey?: boolean;
  readonly header?: Readonly<Record<string, unknown>>;
  readonly claims?: Readonly<Record<string, unknown>>;
  /** Sent as it is; undefined by name: no proof at all. */
  readonly proof?: string | undefined;
  readonly sessionId?: string;
  /** A session that another browser holds. */
  readonly held?: HeldSession;
  readonly headers?: Record<string, string>;
}

/**
 * A browser with Device Bound Session Credentials and a key of its own, as Chromium 156 was seen to do it: registers when
 * offered, renews the bound cookie before a request of its site that would go without, goes on by 307 with the body.
 * `forge…` sends one request and does nothing about the answer.
 */
export class DbscDevice extends HttpsVisitor {
  readonly offers: OfferSeen[] = [];
  /** Each proof that was sent. */
  readonly proofs: string[] = [];
  readonly #clock: DbscServer['clock'];
  readonly #options: DbscDeviceOptions;
  #held: HeldSession | undefined;
  #redirects = 0;

  constructor(server: DbscServer, options: DbscDeviceOptions = {}) {
    super(server, options);
    this.#clock = server.clock;
    this.#options = options;
  }

  get session(): HeldSession | undefined {
    return this.#held;
  }

  /** The session that it holds; a defect of the test where it holds none. */
  get held(): HeldSession {
    assert.ok(this.#held, 'no session is bound');
    return this.#held;
  }

  /** The cookies that a thief copies. */
  copyCookies(): Map<string, { value: string; path: string }> {
    return new Map(this.cookies);
  }

  /** Takes an offer; returns the answer. */
  async register(offer = this.offers.at(-1), lie: Lie = {}): Promise<Visit> {
    assert.ok(offer, 'nothing was offered');
    const key = lie.key ?? (await createDbscKey(this.#options.algorithm));
    const answer = await this.forgeRegistration(offer, { ...lie, key });
    if (answer.status === 200) this.#hold(answer, key);
    return answer;
  }

  async forgeRegistration(offer: OfferSeen, lie: Lie = {}): Promise<Visit> {
    const { authorization } = offer;
    const key = lie.key ?? (await createDbscKey(this.#options.algorithm));
    const { challenge = offer.challenge, withKey = true, header, claims } = lie;
    const honest = () => dbscProof({ key, challenge, authorization, withKey, header, claims });
    return this.#prove(offer.path, 'proof' in lie ? lie.proof : await honest(), lie.headers);
  }

  /** As before a request: asks for a challenge where there is none, and forgets what the server has ended. */
  async refresh(): Promise<Visit> {
    const first = await this.forgeRefresh(this.held.challenge === undefined ? { proof: undefined } : {});
    const again = first.status === 403 && this.held.challenge !== undefined;
    const answer = again ? await this.forgeRefresh() : first;
    this.#conclude(answer);
    return answer;
  }

  async forgeRefresh(lie: Lie = {}): Promise<Visit> {
    const held = lie.held ?? this.held;
    const { key = held.key, challenge = held.challenge ?? '', withKey = false, header, claims } = lie;
    const proof = 'proof' in lie ? lie.proof : await dbscProof({ key, challenge, withKey, header, claims });
    const headers = { 'sec-secure-session-id': lie.sessionId ?? held.id, ...lie.headers };
    return this.#prove(held.refreshUrl, proof, headers);
  }

  protected override async send(url: string, init: Sending): Promise<Visit> {
    const { method, body } = init;
    const elsewhere = /cross-site|same-site/.test(init.headers?.['sec-fetch-site'] ?? '');
    if (this.#mustRenew(url)) {
      // What another site began waits for nothing; a cookie that is over stays behind all the same.
      if (elsewhere) this.cookies.delete(this.held.cookie);
      else await this.refresh();
    }
    const visit = await super.send(url, init);
    await this.#notice(visit);
    if (visit.status === 307 && visit.location !== undefined) {
      this.#redirects += 1;
      assert.ok(this.#redirects <= 20, 'ERR_TOO_MANY_REDIRECTS');
      return this.send(visit.location, {
        method,
        ...(body === undefined ? {} : { body }),
        headers: init.headers ?? {},
      });
    }
    this.#redirects = 0;
    return visit;
  }

  #mustRenew(url: string): boolean {
    const held = this.#held;
    if (!held || !url.startsWith(this.server.issuer)) return false;
    const { pathname } = new URL(url);
    if (held.exclude.some((path) => pathname === path || pathname.startsWith(`${path}/`))) return false;
    return !this.cookies.has(held.cookie) || this.#clock.now() >= held.until;
  }

  /** What any answer may say to the browser. */
  async #notice(visit: Visit): Promise<void> {
    const held = this.#held;
    if (held) held.until = expiryOf(visit, held.cookie) ?? held.until;
    const cleared = visit.headers.get('clear-site-data') ?? '';
    if (/"cookies"|"\*"/.test(cleared)) this.cookies.clear();
    if (/"cookies"|"storage"|"\*"/.test(cleared)) this.#held = undefined;
    const offer = registrationOffer(visit.headers.get('secure-session-registration'), visit.url);
    if (!offer) return;
    this.offers.push(offer);
    if (this.#options.registers !== false) await this.register(offer);
  }

  async #prove(
    path: string,
    proof: string | undefined,
    headers: Record<string, string> = {},
  ): Promise<Visit> {
    if (proof !== undefined) this.proofs.push(proof);
    const { issuer } = this.server;
    const answer = await super.send(new URL(path, issuer).href, {
      method: 'POST',
      headers: {
        origin: new URL(issuer).origin,
        'sec-fetch-mode': 'no-cors',
        'sec-fetch-dest': 'empty',
        ...(proof === undefined ? {} : { 'secure-session-response': proof }),
        ...headers,
      },
    });
    const challenge = /^"([^"]+)";id="([^"]+)"/.exec(answer.headers.get('secure-session-challenge') ?? '');
    if (this.#held && challenge?.[2] === this.#held.id) this.#held.challenge = challenge[1];
    return answer;
  }

  #hold(answer: Visit, key: DbscKey): void {
    const instructions = JSON.parse(answer.text) as Instructions;
    const { session_identifier: id, refresh_url: refreshUrl } = instructions;
    const cookie = instructions.credentials[0].name;
    const exclude = instructions.scope.scope_specification.map(({ path }) => path);
    const until = expiryOf(answer, cookie) ?? Number.POSITIVE_INFINITY;
    const challenge = /^"([^"]+)"/.exec(answer.headers.get('secure-session-challenge') ?? '')?.[1];
    this.#held = { id, refreshUrl, cookie, exclude, key, challenge, until };
  }

  #conclude({ status, text, headers }: Visit): void {
    const held = this.#held;
    if (!held) return;
    if (status === 200) {
      const until = expiryOf({ headers }, held.cookie);
      if (until !== undefined) held.until = until;
      else if (text.includes('"continue":false')) this.#held = undefined;
    } else if (status !== 403 && status < 500) {
      this.#held = undefined;
    }
  }
}

interface Instructions {
  readonly session_identifier: string;
  readonly refresh_url: string;
  readonly credentials: readonly [{ readonly name: string }];
  readonly scope: { readonly scope_specification: readonly { readonly path: string }[] };
}

/** When a cookie that the answer sets ends; undefined when it sets none. */
function expiryOf({ headers }: Pick<Visit, 'headers'>, name: string): number | undefined {
  const line = headers.getSetCookie().find((each) => each.startsWith(`${name}=`));
  if (line === undefined) return undefined;
  const expires = /;\s*expires=([^;]+)/i.exec(line)?.[1];
  return expires === undefined ? Number.POSITIVE_INFINITY : Date.parse(expires);
}
