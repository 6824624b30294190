import { createBoundCookies } from '../dbsc/bound-cookie.js';
import { createChallenges } from '../dbsc/challenges.js';
import { below } from '../http/below.js';
import { requestUnderWay } from '../http/request-scope.js';
import { deriveKey } from '../lib/hashing.js';
import { bindingEnd } from '../provider/binding-end-routes.js';
import { bindingOffer } from '../provider/binding-offer-routes.js';
import { createBindingOffers } from '../provider/binding-offer.js';
import { deviceProof } from '../provider/device-proof-routes.js';
import type { Provider } from '../provider/provider-route.js';
import { sessionBindingRoutes } from '../provider/session-binding-routes.js';
import { SessionDevices } from '../provider/session-device.js';
import { sessionLimitsOf } from '../provider/session-limits.js';
import { suspicion } from '../provider/suspicion-routes.js';
import { unprovenSession } from '../provider/unproven-session-routes.js';
import type { Storage } from '../storage/storage.js';
import type { Observed } from './observed.js';
import type { AppOptions } from './options.js';

export type SessionBindingParts = ReturnType<typeof openSessionBinding>;

/** What binds login sessions to devices; every node makes the same of the master key. */
export function openSessionBinding({ config, masterKey, clock }: AppOptions) {
  const key = (purpose: string) => deriveKey(masterKey, purpose);
  const life = config.sessions.bound_cookie;
  const cookies = createBoundCookies({ key: key('bound session cookie'), clock, life });
  const challenges = createChallenges(key('bound session challenge'));
  const offers = createBindingOffers(key('session binding offer'), clock);
  const devices = new SessionDevices({ cookies, offers, request: requestUnderWay });
  return { cookies, challenges, offers, devices };
}

/** In the order in which they must come: who is not proven gets no further. */
export function sessionBinding(
  provider: Provider,
  { sessions, boundSessions, devices: devicesOfPeople }: Storage,
  { config, clock, random }: AppOptions,
  { site, events, circumstances }: Observed,
  parts: SessionBindingParts,
) {
  const { idleSeconds } = sessionLimitsOf(config);
  const common = { ...parts, provider, site, events, circumstances, clock, random, sessions, idleSeconds };
  const { bound_cookie: cookieSeconds, device_proof: freshSeconds, suspicion: policy } = config.sessions;
  return [
    below(
      ['/dbsc/'],
      sessionBindingRoutes({
        ...common,
        boundSessions,
        devicesOfPeople,
        issuer: config.issuer,
        cookieSeconds,
      }),
    ),
    unprovenSession(common),
    suspicion({ ...common, boundSessions, policy }),
    deviceProof({ ...common, freshSeconds }),
    bindingOffer(parts.devices),
    bindingEnd(parts.devices),
  ];
}
