import { clientFacts } from '../provider/client-facts.js';
import type { Provider } from '../provider/provider-route.js';
import type { BackchannelRequest } from '../stepup/backchannel-request.js';
import type { NoticeOutbox } from '../stepup/notice-outbox.js';

/**
 * Lets the person know that somebody asks her: one notice in the transaction of the request, for a phantom as for
 * anybody, so that both cost the same (law 6). Who it goes to is found later.
 */
export function courierOf(provider: Provider, notices: Pick<NoticeOutbox, 'send'>) {
  return async (request: BackchannelRequest, approvalUri: string): Promise<void> => {
    const { id, accountId, clientId: client, asked, expiresAt } = request;
    const { browser, place } = asked;
    const app = (await clientFacts(provider, client))?.name ?? client;
    const where = { ...(browser !== undefined && { browser }), ...(place !== undefined && { place }) };
    const { pathname: path } = new URL(approvalUri);
    const until = Math.floor(expiresAt.getTime() / 1000);
    const notice = {
      kind: 'person',
      accountId,
      client,
      app,
      request: id,
      path,
      asked: where,
      until,
    } as const;
    await notices.send(notice, expiresAt);
  };
}
