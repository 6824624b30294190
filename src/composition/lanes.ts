import type { Lanes } from '../http/lane.js';
import type { RateLimiter } from '../http/rate-limit.js';
import { createLaneClients } from '../provider/lane-client.js';
import type { Provider } from '../provider/provider-route.js';
import { findSoundClient } from '../provider/sound-client.js';
import type { SigningKeys } from '../provider/signing-keys.js';
import { AnswerCache } from '../resource/answer-cache.js';
import { callLane } from '../resource/call-lane.js';
import { introspectionLane } from '../resource/introspection-lane.js';
import type { ResourcePorts } from '../resource/resource-ports.js';
import type { Storage } from '../storage/storage.js';
import type { RunningOptions } from './options.js';
import { tokenLane } from './token-lane.js';

interface LaneParts {
  readonly keys: SigningKeys;
  readonly limiter: RateLimiter;
  readonly resource: ResourcePorts;
  /** Of the moment, because a change of keys swaps it. */
  readonly provider: () => Provider;
}

/** The short ways of the front. */
export function lanes(
  storage: Storage,
  options: RunningOptions,
  { keys, limiter, provider, resource }: LaneParts,
): Lanes {
  if (options.withoutLanes === true) return new Map();
  const { config, clock } = options;
  const clients = createLaneClients({
    configured: config.clients,
    version: (clientId) => storage.clients.version(clientId),
    find: (clientId) => findSoundClient(provider(), clientId),
  });
  const takeIntrospection = (clientId: string) => limiter.take('introspections', clientId);
  const { kept_answers: capacity, waiting } = config.introspection;
  const introspection = introspectionLane({
    config,
    clock,
    keys,
    clients,
    takeIntrospection,
    store: storage.introspections({ keeping: capacity > 0, waiting }),
    answers: capacity > 0 ? new AnswerCache({ clock, capacity }) : undefined,
  });
  const token = tokenLane(storage, options, { clients, provider });
  return new Map([
    ['/introspect', introspection],
    ['/calls', callLane({ ...resource, clients })],
    ['/token', token],
  ]);
}
