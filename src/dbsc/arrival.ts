import { emptyAnswer, jsonAnswer, type DeviceAnswer } from './device-answer.js';
import type { DeviceRequest, DeviceSessions, DeviceState } from './device-sessions.js';
import type { SharedKey } from './headers.js';
import { relyingDocument } from './well-known.js';

/** A request as the adapters see it. */
export interface Arrival extends DeviceRequest {
  readonly method: string;
  /** Path and query. */
  readonly target: string;
}

/** What an app's handlers are given of a request: is the device there that signed in? */
export type Device = DeviceState & DeviceDeeds;

export interface DeviceDeeds {
  /** For the answer that signs somebody in: binds the new session, where the browser can. */
  offer(session: string, shared?: SharedKey): void;
  /**
   * Before what a stolen cookie must not do: unless the device has proven itself within `seconds`, this is to be answered, and
   * she comes back when it has. A session without a key can't, and passes.
   */
  prove(seconds: number): DeviceAnswer | undefined;
  /** For the answer that signs her out. */
  end(): Promise<void>;
}

export type Reception =
  | { readonly kind: 'answered'; readonly answer: DeviceAnswer }
  /** The request is not from the device that signed in. */
  | { readonly kind: 'refused'; readonly state: DeviceState; readonly answer: DeviceAnswer }
  | { readonly kind: 'passed'; readonly device: Device };

const wellKnown = '/.well-known/device-bound-sessions';

/**
 * Answers what the browser itself asks, and whoever has no more than a cookie; all else passes.
 * @param addHeader adds a field to the answer
 */
export async function receive(
  devices: DeviceSessions,
  arrival: Arrival,
  addHeader: (name: string, value: string) => void,
): Promise<Reception> {
  const path = arrival.target.replace(/\?.*$/s, '');
  const own = await answerBrowser(devices, arrival, path);
  if (own) return { kind: 'answered', answer: own };
  const state = await devices.check(arrival);
  if (isHeld(state) || isExcluded(path, devices.exclude)) {
    return { kind: 'passed', device: { ...state, ...deedsOf(devices, arrival, state, addHeader) } };
  }
  if (state.state === 'unproven' && comesFromElsewhere(arrival)) {
    return { kind: 'answered', answer: throughOurselves(devices, arrival) };
  }
  return { kind: 'refused', state, answer: emptyAnswer(401) };
}

function isHeld({ state }: DeviceState): boolean {
  return state !== 'unproven' && state !== 'ended';
}

async function answerBrowser(
  devices: DeviceSessions,
  arrival: Arrival,
  path: string,
): Promise<DeviceAnswer | undefined> {
  if (path === wellKnown && devices.provider !== undefined) {
    return jsonAnswer(200, relyingDocument(devices.provider));
  }
  if (arrival.method !== 'POST') return undefined;
  if (path === devices.registerPath) return devices.register(arrival);
  if (path === devices.refreshPath) return devices.refresh(arrival);
  return undefined;
}

function deedsOf(
  devices: DeviceSessions,
  { session, target }: Arrival,
  state: DeviceState,
  addHeader: (name: string, value: string) => void,
): DeviceDeeds {
  return {
    offer: (fresh, shared) => addHeader('secure-session-registration', devices.offer(fresh, shared)),
    prove(seconds) {
      if (!isHeld(state)) return emptyAnswer(401);
      if (state.state !== 'bound' || devices.clock.now() - state.provenAt <= seconds * 1000) return undefined;
      // DBSC §5: 307 to the same endpoint, and an expired bound cookie, force a refresh before the redirect completes.
      const headers = { location: devices.origin + target, 'set-cookie': devices.expiredCookie };
      return emptyAnswer(307, headers);
    },
    end: async () => {
      if (session !== undefined) await devices.end(session);
      addHeader('set-cookie', devices.expiredCookie);
    },
  };
}

/** A link on another site, or none: there the browser does not refresh first, and says nothing of it (Chromium 156). */
function comesFromElsewhere({ method, header }: Arrival): boolean {
  const isVisit = method === 'GET' && header('sec-fetch-mode') === 'navigate';
  return isVisit && header('sec-fetch-site') !== 'same-origin';
}

/** The same address again, but asked for by a page of this origin; there the browser refreshes. */
function throughOurselves({ origin }: DeviceSessions, { target }: Arrival): DeviceAnswer {
  // The origin in front, since `//elsewhere.example` is a path, too.
  const url = (origin + target).replace(/[&<>"']/g, (each) => `&#${each.charCodeAt(0)};`);
  return {
    ...emptyAnswer(200, {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': "default-src 'none'",
      'referrer-policy': 'no-referrer',
    }),
    body: `<!doctype html><meta http-equiv="refresh" content="0;url=${url}"><title>One moment</title>`,
  };
}

/** What a router might read as another path is not excluded. */
function isExcluded(path: string, excluded: readonly string[]): boolean {
  if (/[%\\]|\/\/|\/\.{1,2}(?:\/|$)/.test(path) && !excluded.includes(path)) return false;
  return excluded.some((each) => path === each || path.startsWith(each.endsWith('/') ? each : `${each}/`));
}
