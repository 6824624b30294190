import { proofPolicyOf } from '../binding/proof-policy.js';
import type { RateLimiter } from '../http/rate-limit.js';
import { deriveKey } from '../lib/hashing.js';
import type { SigningKeys } from '../provider/signing-keys.js';
import { openGates } from '../resource/call-gates.js';
import { createCallProofs } from '../resource/call-proofs.js';
import type { FeedHub } from '../resource/feed-hub.js';
import type { ResourceRoutePorts } from '../resource/resource-routes.js';
import type { Storage } from '../storage/storage.js';
import type { Observed } from './observed.js';
import type { RunningOptions } from './options.js';

/** What the endpoints for resource servers need. */
export function resourcePorts(
  storage: Storage,
  { config, tiers, clock, random, masterKey }: RunningOptions,
  { events, metrics, refusalLog, observationLog }: Observed,
  keys: SigningKeys,
  { limiter, feedHub }: { readonly limiter: RateLimiter; readonly feedHub: FeedHub },
): ResourceRoutePorts {
  const calls = storage.calls({ waiting: config.introspection.waiting });
  return {
    ...storage,
    config,
    tiers,
    clock,
    random,
    keys,
    events,
    metrics,
    refusalLog,
    observations: observationLog,
    ...openGates,
    levelRevocation: { stores: storage, events, clock },
    calls,
    proofs: createCallProofs({
      clock,
      policy: proofPolicyOf(config),
      nonceKey: deriveKey(masterKey, 'resource nonce'),
      requireNonce: config.dpop.require_nonce,
      replays: calls,
    }),
    feedHub,
    takeIntrospection: (clientId) => limiter.take('introspections', clientId),
  };
}
