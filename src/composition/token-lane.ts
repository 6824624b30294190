import type { Lane } from '../http/lane.js';
import { instance } from '../provider/internals.js';
import type { LaneClients } from '../provider/lane-client.js';
import { findSoundClient } from '../provider/sound-client.js';
import type { Provider } from '../provider/provider-route.js';
import { createResources } from '../provider/resources.js';
import { createTokenLane } from '../provider/token-lane.js';
import { createAskingClients } from '../provider/token-lane-client.js';
import { createLaneProofs } from '../provider/token-lane-proof.js';
import type { Storage } from '../storage/storage.js';
import type { RunningOptions } from './options.js';

interface TokenLaneParts {
  readonly clients: LaneClients;
  readonly provider: () => Provider;
}

/** The short way of the token endpoint. */
export function tokenLane(
  storage: Storage,
  { config, clock, random }: RunningOptions,
  { clients, provider }: TokenLaneParts,
): Lane {
  return createTokenLane({
    config,
    clock,
    random,
    store: storage.tokenLane,
    resources: createResources(config.resources),
    clients: createAskingClients({
      clients,
      configured: config.clients,
      version: (clientId) => storage.clients.version(clientId),
      provider,
      findClient: findSoundClient,
    }),
    proofs: createLaneProofs({ config, clock, nonces: () => instance(provider()).DPoPNonces }),
  });
}
