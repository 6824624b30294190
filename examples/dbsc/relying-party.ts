import { randomUUID } from 'node:crypto';
import Koa, { type Context } from 'koa';
import * as client from 'openid-client';
import type { DeviceSessions, SharedKey } from '../../src/dbsc/index.js';
import { bindSessions, type BoundState } from '../../src/dbsc/koa-adapter.js';
import { page } from './page.js';

export interface RelyingPartyOptions {
  readonly devices: DeviceSessions;
  /** Of this app. */
  readonly origin: string;
  readonly config: client.Configuration;
}

interface Departure {
  readonly verifier: string;
  readonly nonce: string;
}

/** An app that signs people in at Holdfast, and has their sessions held by the key that holds their session there. */
export function createRelyingParty({ devices, origin, config }: RelyingPartyOptions): Koa<BoundState> {
  const people = new Map<string, string>();
  const departures = new Map<string, Departure>();
  const callback = `${origin}/callback`;

  const depart = async (ctx: Context): Promise<void> => {
    const departure = { verifier: client.randomPKCECodeVerifier(), nonce: client.randomNonce() };
    const state = client.randomState();
    departures.set(state, departure);
    ctx.cookies.set('state', state, { sameSite: 'lax' });
    const { href } = client.buildAuthorizationUrl(config, {
      redirect_uri: callback,
      scope: 'openid',
      state,
      nonce: departure.nonce,
      code_challenge: await client.calculatePKCECodeChallenge(departure.verifier),
      code_challenge_method: 'S256',
    });
    ctx.redirect(href);
  };

  const arrive = async (ctx: Context & { state: BoundState }): Promise<void> => {
    const state = ctx.cookies.get('state') ?? '';
    const departure = departures.get(state);
    departures.delete(state);
    if (!departure) return ctx.throw(400, 'Sign in again.');
    const tokens = await client.authorizationCodeGrant(config, new URL(ctx.originalUrl, origin), {
      pkceCodeVerifier: departure.verifier,
      expectedNonce: departure.nonce,
      expectedState: state,
      idTokenExpected: true,
    });
    const claims: Readonly<Record<string, unknown>> = tokens.claims() ?? {};
    const sid = randomUUID();
    people.set(sid, String(claims['sub']));
    ctx.cookies.set('sid', sid, { sameSite: 'lax' });
    // Where her session at the provider has no key, the browser makes one for this app.
    ctx.state.device.offer(sid, sharedKey(claims['device_bound_session']));
    ctx.redirect('/');
  };

  const app = new Koa<BoundState>();
  app.use(bindSessions(devices, { session: (ctx) => ctx.cookies.get('sid') }));
  app.use(async (ctx) => {
    const sid = ctx.cookies.get('sid') ?? '';
    if (ctx.path === '/login' && ctx.method === 'POST') await depart(ctx);
    else if (ctx.path === '/callback') await arrive(ctx);
    else if (ctx.path === '/logout' && ctx.method === 'POST') {
      people.delete(sid);
      ctx.cookies.set('sid', null);
      await ctx.state.device.end();
      ctx.redirect('/');
    } else {
      ctx.type = 'html';
      const signedIn = `${people.get(sid)}’s session is ${ctx.state.device.state}.`;
      ctx.body = page(people.has(sid) ? signedIn : 'Nobody is signed in.');
    }
  });
  return app;
}

/** What Holdfast says in the ID token of the session that she has there. */
function sharedKey(claim: unknown): SharedKey | undefined {
  if (typeof claim !== 'object' || claim === null) return undefined;
  const { provider_key, provider_session_id, provider_url } = claim as Record<string, unknown>;
  const [key, sessionId, url] = [provider_key, provider_session_id, provider_url].map(String);
  return key === undefined || sessionId === undefined || url === undefined
    ? undefined
    : { key, sessionId, url };
}
