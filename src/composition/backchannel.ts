import { deriveKey } from '../lib/hashing.js';
import { clientFacts } from '../provider/client-facts.js';
import type { Provider } from '../provider/provider-route.js';
import { BackchannelService, type BackchannelPorts } from '../stepup/backchannel-service.js';
import type { NoticeOutbox } from '../stepup/notice-outbox.js';
import type { Storage } from '../storage/storage.js';
import type { AccountParts } from './account-parts.js';
import type { Observed } from './observed.js';
import type { AppOptions } from './options.js';

interface Parts {
  readonly people: AccountParts;
  readonly notices: NoticeOutbox;
}

/** Requests to people who are elsewhere: what the endpoints and the pages of a request share. */
export function backchannelParts(
  provider: Provider,
  storage: Storage,
  { config, masterKey, clock }: AppOptions,
  { events }: Observed,
  { people, notices }: Parts,
) {
  const ports: BackchannelPorts = {
    ...storage,
    notices,
    events,
    clock,
    backchannelKey: deriveKey(masterKey, 'backchannel requests'),
    blockSeconds: config.backchannel.block,
    cutOff: async (accountId, clientId, at) => {
      await storage.grants.revokeOf(accountId, clientId, at);
      const app = (await clientFacts(provider, clientId))?.name ?? clientId;
      await people.news.tell(accountId, {
        kind: 'app_disowned',
        detail: { app },
        letter: { kind: 'app_disowned', values: { app } },
      });
    },
  };
  return { ...ports, backchannel: new BackchannelService(ports) };
}
