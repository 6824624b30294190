import { clientFacts } from '../provider/client-facts.js';
import type { Provider } from '../provider/provider-route.js';
import type { CutOff } from '../stepup/backchannel-service.js';
import type { Storage } from '../storage/storage.js';
import type { AccountParts } from './account-parts.js';

/**
 * What "I didn't ask for this" does to a client, wherever she says it: its grants, its approvals and what it asks of her
 * elsewhere end, and she is told.
 */
export function cutOffOf(
  provider: Provider,
  { grants, approvals, backchannelRequests }: Pick<Storage, 'grants' | 'approvals' | 'backchannelRequests'>,
  { news }: Pick<AccountParts, 'news'>,
): CutOff {
  return async (accountId, clientId, at) => {
    await grants.revokeOf(accountId, clientId, at);
    await approvals.revoke(accountId, { clientId }, at);
    await backchannelRequests.disown(accountId, clientId, at);
    const app = (await clientFacts(provider, clientId))?.name ?? clientId;
    await news.tell(accountId, {
      kind: 'app_disowned',
      detail: { app },
      letter: { kind: 'app_disowned', values: { app } },
    });
  };
}
