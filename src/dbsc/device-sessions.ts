import { systemClock, type Clock } from '../lib/clock.js';
import { sha256 } from '../lib/hashing.js';
import { systemRandom } from '../lib/random.js';
import { createBoundCookies, type BoundCookie } from './bound-cookie.js';
import { createChallenges } from './challenges.js';
import type { DeviceAnswer } from './device-answer.js';
import { emptyAnswer, jsonAnswer } from './device-answer.js';
import type { DeviceSession } from './device-session.js';
import type { DeviceSessionOptions } from './device-session-options.js';
import { challengeHeader, readSessionId, readSkipped, registrationHeader } from './headers.js';
import type { SharedKey, Skipped } from './headers.js';
import { endInstructions, sessionInstructions } from './instructions.js';
import { createMemoryStore } from './memory-store.js';
import { createOffers } from './offers.js';
import { createRefreshing } from './refreshing.js';
import { createRegistering } from './registering.js';

/** A request as it is seen here. */
export interface DeviceRequest {
  /** What tells the app's own session apart, by its own cookie; undefined: nobody is signed in. */
  readonly session: string | undefined;
  /** A field of the request, by its name in small letters; several are joined by a comma. */
  readonly header: (name: string) => string | undefined;
}

export type DeviceState =
  /** Nobody is signed in, as far as the app's own cookie says. */
  | { readonly state: 'none' }
  /** The app's session has no key: the browser can't, or has not answered yet. */
  | { readonly state: 'unbound' }
  /** The key was there at `provenAt`, milliseconds since the epoch. */
  | { readonly state: 'bound'; readonly provenAt: number }
  /** The app's session has a key, and the request does not show it: a stolen cookie, or a browser that could not refresh. */
  | { readonly state: 'unproven'; readonly skipped: Skipped['reason'] | undefined }
  /** The app ended it. */
  | { readonly state: 'ended' };

/** A server of Device Bound Session Credentials beside an app that has sessions of its own. */
export interface DeviceSessions {
  readonly clock: Clock;
  readonly origin: string;
  readonly registerPath: string;
  readonly refreshPath: string;
  readonly exclude: readonly string[];
  readonly provider: string | undefined;
  /**
   * The `Secure-Session-Registration` of the answer that signs somebody in. Only there: whoever is offered it binds the session.
   * @param session the new session
   * @param shared the provider's key, which the session is then held by, and by no other
   */
  offer(session: string, shared?: SharedKey): string;
  register(request: DeviceRequest): Promise<DeviceAnswer>;
  refresh(request: DeviceRequest): Promise<DeviceAnswer>;
  check(request: DeviceRequest): Promise<DeviceState>;
  /** Ends the device session of a session that the app ends. */
  end(session: string): Promise<void>;
  /** `Set-Cookie` that takes the bound cookie away: the browser refreshes before its next request. */
  readonly expiredCookie: string;
}

const attributes = 'Path=/; Secure; HttpOnly; SameSite=Lax';
/** Requests that were on their way while the browser registered come without the cookie. */
const registrationGrace = 10_000;

export function createDeviceSessions(options: DeviceSessionOptions): DeviceSessions {
  const { key, clock = systemClock, random = systemRandom, cookie = '__Host-bound' } = options;
  const { life = 600, path = '/dbsc', exclude = [], onEvent = () => {} } = options;
  // Gone from the browser a little before it is of no use here: a request may be under way for a while.
  const inBrowser = life - Math.min(30, Math.ceil(life / 10));
  const origin = new URL(options.origin).origin;
  const store = options.store ?? createMemoryStore({ clock });
  const [registerPath, refreshPath] = [`${path}/register`, `${path}/refresh`];
  const [challenges, cookies] = [createChallenges(key), createBoundCookies({ key, clock, life })];
  const offers = createOffers({ key, clock });

  const success = ({ id, turn }: Pick<DeviceSession, 'id' | 'turn'>): DeviceAnswer => {
    const initiators = options.allowedRefreshInitiators;
    const rules = { id, refreshUrl: refreshPath, cookie: { name: cookie, attributes }, exclude };
    return jsonAnswer(
      200,
      sessionInstructions({ ...rules, ...(initiators && { allowedRefreshInitiators: initiators }) }),
      {
        'set-cookie': `${cookie}=${cookies.make(id)}; Max-Age=${inBrowser}; ${attributes}`,
        'secure-session-challenge': challengeHeader(challenges.of(id, turn), id),
      },
    );
  };
  const parts = { origin, registerPath, refreshPath, store, challenges, offers, clock, random, onEvent };
  const register = createRegistering(parts);
  const refresh = createRefreshing(parts);

  const boundCookie = (request: DeviceRequest): BoundCookie | undefined =>
    cookies.read(readCookie(request.header('cookie'), cookie));

  return {
    clock,
    origin,
    registerPath,
    refreshPath,
    exclude,
    provider: options.provider,
    offer: (session, shared) =>
      registrationHeader({
        path: registerPath,
        challenge: offers.make(ownerOf(session), shared?.key),
        ...(shared && { provider: shared }),
      }),
    async register({ session, header }) {
      const owner = session === undefined ? undefined : ownerOf(session);
      const registered = await register(owner, header('secure-session-response'));
      // Chromium takes 403 for a challenge, of which there is none here.
      return registered.ok ? success(registered.value) : emptyAnswer(400);
    },
    async refresh({ session, header }) {
      const id = readSessionId(header('sec-secure-session-id'));
      // No page can send this field: whoever lacks it is no browser that refreshes.
      if (id === undefined) return emptyAnswer(403);
      const owner = session === undefined ? undefined : ownerOf(session);
      const refreshed = await refresh(id, owner, header('secure-session-response'));
      // Anything between 400 and 499 but 403 ends the session in the browser, 429 too (Chromium 156).
      if (refreshed.outcome === 'refreshed') return success(refreshed);
      if (refreshed.outcome === 'gone') return jsonAnswer(200, endInstructions(id));
      const challenge = challengeHeader(challenges.of(id, refreshed.turn), id);
      return emptyAnswer(403, { 'secure-session-challenge': challenge });
    },
    async check(request) {
      if (request.session === undefined) return { state: 'none' };
      const device = await store.findOfOwner(ownerOf(request.session));
      if (!device) return { state: 'unbound' };
      if (device.endedAt !== undefined) return { state: 'ended' };
      const shown = boundCookie(request);
      if (shown?.sessionId === device.id) return { state: 'bound', provenAt: shown.issuedAt };
      if (clock.now() - device.registeredAt <= registrationGrace) {
        return { state: 'bound', provenAt: device.registeredAt };
      }
      const skipped = readSkipped(request.header('secure-session-skipped'))?.reason;
      onEvent({ kind: 'unproven', sessionId: device.id, skipped });
      return { state: 'unproven', skipped };
    },
    async end(session) {
      const device = await store.findOfOwner(ownerOf(session));
      if (!device) return;
      await store.end(device.id, clock.now());
      onEvent({ kind: 'ended', sessionId: device.id });
    },
    expiredCookie: `${cookie}=; Max-Age=0; ${attributes}`,
  };
}

/** Law 7: the app may well tell its sessions apart by what stands in their cookies. */
function ownerOf(session: string): string {
  return sha256(session).toString('base64url');
}

function readCookie(header: string | undefined, name: string): string | undefined {
  const pairs = (header ?? '').split(';').map((pair) => pair.trim());
  return pairs.find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1);
}
