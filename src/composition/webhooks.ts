import { startPostman } from '../mail/postman.js';
import { WebhookDeliveryService } from '../resource/webhook-delivery-service.js';
import type { Storage } from '../storage/storage.js';
import type { Feed } from './feed.js';
import type { Observed } from './observed.js';
import type { AppOptions } from './options.js';

const drainPatience = 2000;

/** Posts revocations to the operator's endpoints: with each ring of the feed, and every few seconds for those that wait. */
export function openWebhooks(
  storage: Storage,
  { config, clock, logger }: AppOptions,
  { metrics }: Observed,
  { fetch, feed }: { readonly fetch: typeof globalThis.fetch; readonly feed: Feed },
): { close(): Promise<void> } {
  const { webhooks } = config;
  if (webhooks.length === 0) return { close: () => Promise.resolve() };
  const store = storage.webhooks;
  const log = storage.revocationLog;
  const delivery = new WebhookDeliveryService({ webhooks, store, log, fetch, clock, logger });
  const postman = startPostman(delivery, logger);
  const unfollow = feed.onRevocation(() => void postman.round());
  void postman.round();
  const ids = new Set(webhooks.map(({ id }) => id));
  metrics.observeWebhooks(async () => {
    const all = await store.state();
    return all
      .filter(({ id }) => ids.has(id))
      .map(({ id, behind, failingSince }) => ({
        webhook: id,
        behind,
        failing: failingSince === undefined ? 0 : Math.max(0, clock.now() - failingSince.getTime()),
      }));
  });
  return {
    close: async () => {
      unfollow();
      await postman.close(drainPatience);
    },
  };
}
