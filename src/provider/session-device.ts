import type { IncomingMessage } from 'node:http';
import type { Context } from 'koa';
import type { BoundCookies, BoundCookie } from '../dbsc/bound-cookie.js';
import { registrationHeader } from '../dbsc/headers.js';
import type { BindingOffers, OfferedLogin } from './binding-offer.js';
import { boundCookieName, boundCookieOptions, registerPath } from './bound-cookie.js';
import type { SessionBinding } from './session-store.js';

/** The device of the session that a request came with. */
export interface RequestDevice {
  readonly bindingId: string;
  /** When it last proved that it has its key, in milliseconds since the epoch: at a refresh, or the registration. */
  readonly provenAt: number;
}

export interface SessionDevicePorts {
  readonly cookies: BoundCookies;
  readonly offers: BindingOffers;
  /** The request under way. */
  readonly request: () => IncomingMessage | undefined;
}

/** What a request shows of the device that holds its session, and what its answer asks of a device. */
export class SessionDevices {
  readonly #ports: SessionDevicePorts;
  readonly #found = new WeakMap<IncomingMessage, RequestDevice>();
  readonly #logins = new WeakMap<IncomingMessage, number>();

  constructor(ports: SessionDevicePorts) {
    this.#ports = ports;
  }

  /** What the request under way presents; undefined for no cookie, or one that is forged or over. */
  presented(): BoundCookie | undefined {
    const request = this.#ports.request();
    return request && this.presentedBy(request);
  }

  presentedBy(request: IncomingMessage): BoundCookie | undefined {
    const value = cookiePattern.exec(request.headers.cookie ?? '')?.[1];
    return value === undefined ? undefined : this.#ports.cookies.read(value);
  }

  /** The request's session was found, and this device holds it. */
  note({ id, registeredAt }: SessionBinding): void {
    const request = this.#ports.request();
    if (!request) return;
    const presented = this.presentedBy(request);
    const own = presented?.sessionId === id ? presented.issuedAt : undefined;
    this.#found.set(request, { bindingId: id, provenAt: own ?? registeredAt.getTime() });
  }

  /** The request's session was found, and somebody was signed in by then: when, in seconds since the epoch. */
  noteLogin(authTime: number): void {
    const request = this.#ports.request();
    if (request) this.#logins.set(request, authTime);
  }

  loginAtArrival(request: IncomingMessage): number | undefined {
    return this.#logins.get(request);
  }

  /** Undefined where no device holds the session, and before the session was asked for. */
  of(request: IncomingMessage): RequestDevice | undefined {
    return this.#found.get(request);
  }

  /**
   * Offers the browser to bind a fresh login to a key of its own. Only a login is offered that: whoever has copied the
   * cookie of an unbound session must not come to hold it.
   */
  offer(ctx: Context, login: Pick<OfferedLogin, 'sessionUid' | 'authTime'>): void {
    // Over plain http browsers take no offer.
    if (!ctx.secure || this.of(ctx.req)) return;
    // Fetch Metadata §2.1: so the browser says that another site began what ends with this answer.
    const fromElsewhere = ctx.get('Sec-Fetch-Site') === 'cross-site';
    const challenge = this.#ports.offers.make({ ...login, fromElsewhere });
    ctx.set('Secure-Session-Registration', registrationHeader({ path: registerPath, challenge }));
  }

  /** The browser has to prove itself before its next request. */
  expire(ctx: Context): void {
    ctx.cookies.set(boundCookieName, '', { ...boundCookieOptions, maxAge: 0 });
  }
}

const cookiePattern = new RegExp(`(?:^|;\\s*)${boundCookieName}=([^;]*)`);
