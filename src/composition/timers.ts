import type { Logger } from '../observability/logger.js';
import type { Storage } from '../storage/storage.js';

const maintenanceEvery = 5 * 60_000;

/** What runs by itself: the upkeep of the database, and the polls that `stopPolling` ends. */
export function startTimers(
  storage: Storage,
  stopPolling: readonly (() => void)[],
  logger: Logger,
): { stop(): void } {
  const maintenance = setInterval(() => {
    storage.maintain().catch((error: unknown) => logger.error({ err: error }, 'maintenance failed'));
  }, maintenanceEvery);
  maintenance.unref();
  return {
    stop: () => {
      clearInterval(maintenance);
      for (const stop of stopPolling) stop();
    },
  };
}
