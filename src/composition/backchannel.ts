import type { RateLimiter } from '../http/rate-limit.js';
import { deriveKey } from '../lib/hashing.js';
import type { Provider } from '../provider/provider-route.js';
import { createResources } from '../provider/resources.js';
import { BackchannelAskingService } from '../stepup/backchannel-asking-service.js';
import { BackchannelService, type BackchannelPorts } from '../stepup/backchannel-service.js';
import type { NoticeOutbox } from '../stepup/notice-outbox.js';
import type { Storage } from '../storage/storage.js';
import type { AccountParts } from './account-parts.js';
import { courierOf } from './courier.js';
import { cutOffOf } from './cut-off.js';
import type { Observed } from './observed.js';
import type { RunningOptions } from './options.js';

interface Parts {
  readonly people: AccountParts;
  readonly notices: NoticeOutbox;
  readonly limiter: RateLimiter;
}

/** Requests to people who are elsewhere: what the endpoints and the pages of a request share. */
export function backchannelParts(
  provider: Provider,
  storage: Storage,
  { config, tiers, masterKey, clock, random }: RunningOptions,
  { events, circumstances }: Observed,
  { people, notices, limiter }: Parts,
) {
  const ports: BackchannelPorts = {
    ...storage,
    notices,
    events,
    clock,
    backchannelKey: deriveKey(masterKey, 'backchannel requests'),
    perHourPerPerson: config.limits.backchannel_per_hour_per_person,
    blockSeconds: config.backchannel.block,
    cutOff: cutOffOf(provider, storage, people),
  };
  return {
    config,
    tiers,
    resources: createResources(config.resources),
    backchannel: new BackchannelService(ports),
    asking: new BackchannelAskingService({
      ...ports,
      ...storage,
      notices,
      events,
      circumstances,
      random,
      courier: courierOf(provider, notices),
      issuer: config.issuer,
      longestLife: config.backchannel.lifetime,
      interval: config.backchannel.interval,
      perHourPerNetwork: config.limits.backchannel_per_hour_per_network,
    }),
    takeBackchannel: (asker: string) => limiter.take('backchannel', asker),
  };
}
