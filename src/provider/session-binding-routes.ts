import Router from '@koa/router';
import type { Context, Middleware } from 'koa';
import type { CircumstancesSource } from '../accounts/circumstances.js';
import type { DeviceStore } from '../binding/device-store.js';
import type { BoundCookies } from '../dbsc/bound-cookie.js';
import type { Challenges } from '../dbsc/challenges.js';
import { challengeHeader, readSessionId } from '../dbsc/headers.js';
import { endInstructions, sessionInstructions } from '../dbsc/instructions.js';
import { verifyRefresh, verifyRegistration } from '../dbsc/response.js';
import { foreignPost } from '../http/same-origin-post.js';
import type { Clock } from '../lib/clock.js';
import { sha256 } from '../lib/hashing.js';
import type { Random } from '../lib/random.js';
import { refuse, type Refusal } from '../lib/refusal.js';
import { accepted, refused, type Result } from '../lib/result.js';
import type { SecurityEvents } from '../observability/events.js';
import type { BindingOffers } from './binding-offer.js';
import {
  boundCookieAttributes,
  boundCookieName,
  boundCookieOptions,
  refreshPath,
  registerPath,
  withoutSession,
} from './bound-cookie.js';
import type { BoundSessionAt, BoundSessionStore } from './bound-session-store.js';
import { instance } from './internals.js';
import type { Provider } from './provider-route.js';
import type { SessionDevices } from './session-device.js';
import type { SessionStore } from './session-store.js';

export interface SessionBindingPorts {
  readonly provider: Provider;
  readonly issuer: string;
  readonly boundSessions: BoundSessionStore;
  readonly sessions: Pick<SessionStore, 'end'>;
  readonly devices: SessionDevices;
  readonly devicesOfPeople: Pick<DeviceStore, 'sightKey'>;
  readonly cookies: BoundCookies;
  readonly challenges: Challenges;
  readonly offers: BindingOffers;
  readonly events: Pick<SecurityEvents, 'sessionBound' | 'sessionProofRefused' | 'revoked'>;
  readonly circumstances: CircumstancesSource;
  readonly clock: Clock;
  readonly random: Random;
  /** lifetimes.session_idle */
  readonly idleSeconds: number;
  /** sessions.bound_cookie */
  readonly cookieSeconds: number;
}

/** Two tabs, or an answer that was lost: the proof of the turn before counts for so long after the next began. */
const raceMilliseconds = 30_000;
/** Threat 21: so many wrong proofs beside the right cookie, and the session is over. */
const mostFailures = 5;

/** Device Bound Session Credentials of the login session: what the browser does by itself, without a page. */
export function sessionBindingRoutes(ports: SessionBindingPorts): Middleware {
  const routes = new SessionBindingRoutes(ports);
  const router = new Router();
  router.post(registerPath, (ctx) => routes.register(ctx));
  router.post(refreshPath, (ctx) => routes.refresh(ctx));
  return router.routes() as unknown as Middleware;
}

class SessionBindingRoutes {
  readonly #ports: SessionBindingPorts;
  readonly #origin: string;

  constructor(ports: SessionBindingPorts) {
    this.#ports = ports;
    this.#origin = new URL(ports.issuer).origin;
  }

  async register(ctx: Context): Promise<void> {
    const { events, challenges } = this.#ports;
    this.#demandOwnOrigin(ctx);
    const registered = await this.#register(ctx);
    if (!registered.ok) throw refuse(registered.refusal.code, registered.refusal.detail);
    const { id, accountId } = registered.value;
    events.sessionBound({ accountId, binding: id });
    ctx.set('Secure-Session-Challenge', challengeHeader(challenges.of(id, 0), id));
    this.#grant(ctx, id);
  }

  async #register(ctx: Context): Promise<Result<{ readonly id: string; readonly accountId: string }>> {
    const { boundSessions, offers, random, clock, circumstances, devicesOfPeople } = this.#ports;
    const audience = `${this.#origin}${registerPath}`;
    const verified = await verifyRegistration(responseOf(ctx), { audience });
    if (!verified.ok) return refused('session_binding_refused', verified.refusal.detail);
    const login = offers.read(verified.value.challenge);
    if (!login) return refused('session_binding_refused', 'the challenge is none that a login was offered');
    const { sessionUid, authTime, fromElsewhere } = login;
    // A cookie that comes has to be of that session. Where another site led to the login (an upstream provider), Chromium
    // registers without Lax cookies: the offer, which only the browser of that login was told, says whose it is.
    const digest = this.#sessionDigest(ctx);
    if (!digest && !fromElsewhere)
      return refused('session_binding_refused', 'the session’s cookie did not come along');
    const id = `dbs_${random.bytes(16).toString('base64url')}`;
    const at = new Date(clock.now());
    const { key } = verified.value;
    const facts = { id, sessionUid, digest, signedInAt: new Date(authTime * 1000), key, at };
    const accountId = await boundSessions.register({ ...facts, ...circumstances() });
    if (accountId !== undefined) {
      await devicesOfPeople.sightKey({ accountId, sessionUid, kind: 'dbsc', thumbprint: key.thumbprint, at });
      return accepted({ id, accountId });
    }
    return refused(
      'session_binding_refused',
      'another key was first, the cookie is of another session, or it is over',
    );
  }

  /** Nothing here answers 400, 401, 404 or 429: Chromium would take it for the end of the session. */
  async refresh(ctx: Context): Promise<void> {
    const { boundSessions, challenges, clock, idleSeconds } = this.#ports;
    const id = readSessionId(ctx.get('Sec-Secure-Session-Id')) ?? '';
    const digest = this.#sessionDigest(ctx);
    const asked = { digest: digest ?? Buffer.alloc(0), at: new Date(clock.now()), idleSeconds };
    const found = await boundSessions.find(id, asked);
    if (!found?.alive || !digest) return this.#end(ctx, id);
    // What the browser has cached of a challenge may be none of ours; it is told the one of this turn.
    if (responseOf(ctx) === undefined) return this.#demandProof(ctx, found);
    const proven = await this.#prove(ctx, found);
    if (!proven.ok) return await this.#refuse(ctx, found, proven.refusal);
    if (found.presented === 'another') return await this.#supersede(ctx, found);
    ctx.set('Secure-Session-Challenge', challengeHeader(challenges.of(id, proven.value), id));
    this.#grant(ctx, id);
  }

  /** The turn that the device is at from now on. */
  async #prove(ctx: Context, bound: BoundSessionAt): Promise<Result<number>> {
    const { boundSessions, challenges, clock, circumstances } = this.#ports;
    const { id, key, turn, turnedAt } = bound;
    const audience = `${this.#origin}${refreshPath}`;
    const verified = await verifyRefresh(responseOf(ctx), key, { audience });
    if (!verified.ok) return verified;
    const { challenge } = verified.value;
    if (challenge === challenges.of(id, turn)) {
      // Whoever loses the race answers the turn before by now, a moment after the next began: all the same.
      await boundSessions.advance({ id, turn, at: new Date(clock.now()), ...circumstances() });
      return accepted(turn + 1);
    }
    const recent = clock.now() - turnedAt.getTime() < raceMilliseconds;
    if (turn > 0 && recent && challenge === challenges.of(id, turn - 1)) return accepted(turn);
    return refused('session_proof_stale', 'the proof answers no challenge of this turn');
  }

  #demandProof(ctx: Context, { id, turn }: BoundSessionAt): void {
    ctx.set('Secure-Session-Challenge', challengeHeader(this.#ports.challenges.of(id, turn), id));
    answer(ctx, 403, { error: 'session_proof_needed' });
  }

  async #refuse(ctx: Context, bound: BoundSessionAt, { code, detail }: Refusal): Promise<void> {
    const { boundSessions, events, circumstances } = this.#ports;
    const { id: binding, accountId, sessionUid: session, presented } = bound;
    const evidence = { accountId, session, binding, presented, ...circumstances() };
    events.sessionProofRefused({ code, ...evidence, ...(detail !== undefined && { detail }) });
    // Only who has the session's own cookie, too, may bring it to its end.
    const failures = presented === 'this' ? await boundSessions.countFailure(bound.id) : 0;
    if (failures < mostFailures) return this.#demandProof(ctx, bound);
    await this.#endSession(session);
    this.#end(ctx, bound.id);
  }

  /** The browser has signed in anew without it: two sessions would take turns with one cookie. */
  async #supersede(ctx: Context, { id, sessionUid }: BoundSessionAt): Promise<void> {
    await this.#endSession(sessionUid);
    this.#end(ctx, id);
  }

  async #endSession(sessionUid: string): Promise<void> {
    const { sessions, events, clock } = this.#ports;
    if (await sessions.end(sessionUid, new Date(clock.now()))) {
      events.revoked({ what: 'session', id: sessionUid });
    }
  }

  #grant(ctx: Context, id: string): void {
    const { cookies, cookieSeconds } = this.#ports;
    ctx.cookies.set(boundCookieName, cookies.make(id), {
      ...boundCookieOptions,
      // Gone from the browser a little before it is of no use here: a request may be under way for a while.
      maxAge: (cookieSeconds - Math.min(30, cookieSeconds / 10)) * 1000,
    });
    const cookie = { name: boundCookieName, attributes: boundCookieAttributes };
    answer(ctx, 200, sessionInstructions({ id, refreshUrl: refreshPath, cookie, exclude: withoutSession }));
  }

  #end(ctx: Context, id: string): void {
    answer(ctx, 200, endInstructions(id));
  }

  /** Threat 22: what comes with the session's cookie is the browser's own; another site's request has none. */
  #demandOwnOrigin(ctx: Context): void {
    const foreign = foreignPost(ctx.req.headers, this.#origin);
    if (foreign !== undefined && this.#sessionDigest(ctx)) throw refuse('cross_site_form', foreign);
  }

  #sessionDigest(ctx: Context): Buffer | undefined {
    const { provider } = this.#ports;
    const signed = instance(provider).configuration.cookies?.long?.signed ?? true;
    const value = ctx.cookies.get(provider.cookieName('session'), { signed });
    return value === undefined ? undefined : sha256(value);
  }
}

function responseOf(ctx: Context): string | undefined {
  const value = ctx.get('Secure-Session-Response');
  return value === '' ? undefined : value;
}

function answer(ctx: Context, status: number, body: object): void {
  ctx.set('Cache-Control', 'no-store');
  ctx.status = status;
  ctx.body = body;
}
