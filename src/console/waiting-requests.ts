import type { AccountId } from '../accounts/account.js';
import type { BackchannelRequestId } from '../stepup/backchannel-request.js';
import type { BackchannelService } from '../stepup/backchannel-service.js';
import type { FindApp } from './connected-apps-service.js';

/** A request of a client elsewhere that waits for the person's answer. */
export interface WaitingRequest {
  readonly id: BackchannelRequestId;
  readonly app: string;
  readonly host: string | undefined;
  readonly askedAt: Date;
}

/** Newest first; without those of clients that were removed meanwhile. */
export async function waitingRequests(
  accountId: AccountId,
  {
    backchannel,
    findApp,
  }: { readonly backchannel: Pick<BackchannelService, 'listPending'>; readonly findApp: FindApp },
): Promise<WaitingRequest[]> {
  const pending = await backchannel.listPending(accountId);
  const all = await Promise.all(
    pending.map(async ({ id, clientId, createdAt }) => {
      const app = await findApp(clientId);
      return app && { id, app: app.name, host: app.host, askedAt: createdAt };
    }),
  );
  return all.filter((each) => each !== undefined);
}
