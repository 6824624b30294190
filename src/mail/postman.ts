import type { Logger } from '../observability/logger.js';
import type { DeliveryService } from './delivery-service.js';

export interface Postman {
  /** A letter or a notice was put: deliver it now. */
  committed(id: string): void;
  /** Delivers what is due, until nothing is; never throws. */
  round(): Promise<void>;
  /** Ends the rounds; resolves when the last one is over, or after `patience` milliseconds. What is left stays. */
  close(patience: number): Promise<void>;
}

const usualPause = 5_000;

/** Goes its round when something was put, and every few seconds for those that wait for another try. */
export function startPostman(
  delivery: Pick<DeliveryService, 'deliverDue'>,
  logger: Pick<Logger, 'warn'>,
  pause = usualPause,
): Postman {
  let own: string[] = [];
  let walking: Promise<void> | undefined;
  let again = false;

  const walk = async () => {
    do {
      again = false;
      const mine = own;
      own = [];
      try {
        if ((await delivery.deliverDue(mine)) > 0) again = true;
      } catch (error) {
        // The database is away. What is ours is due for everybody in a moment, so that a later round meets it.
        logger.warn({ err: error }, 'an outbox could not be read');
      }
    } while (again || own.length > 0);
  };
  const round = () => {
    if (walking) again = true;
    walking ??= walk().finally(() => {
      walking = undefined;
    });
    return walking;
  };
  const timer = setInterval(() => void round(), pause);
  timer.unref();

  return {
    committed: (id) => {
      own.push(id);
      void round();
    },
    round,
    close: async (patience) => {
      clearInterval(timer);
      await Promise.race([
        walking ?? round(),
        new Promise<void>((resolve) => setTimeout(resolve, patience).unref()),
      ]);
    },
  };
}
