import { AsyncLocalStorage } from 'node:async_hooks';
import { BatchFull } from '../lib/unavailable.js';

export interface BatchOptions<Item, Answer> {
  /** One statement for all items; as many answers, in the same order. */
  readonly run: (items: readonly Item[]) => Promise<readonly Answer[]>;
  /** Most items of one statement. */
  readonly most?: number;
  /** Most statements under way. What comes meanwhile waits for the next, which is why batches grow under load. */
  readonly underWay?: number;
  /** Most items that wait. */
  readonly waiting?: number;
  /** The setting that `waiting` came from. */
  readonly limit?: string;
}

/** Of the lookups of introspection and call authorization. */
export const waitingSetting = 'introspection.waiting';

/** Answers each item by a statement that began after the item came: what it read was true then. */
export interface Batch<Item, Answer> {
  /** Rejects with BatchFull, and with what the statement failed with. */
  ask(item: Item): Promise<Answer>;
}

interface Waiting<Item, Answer> {
  readonly item: Item;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
}

/** Joins what is asked at about the same time into one statement. */
export function createBatch<Item, Answer>({
  run,
  most = 128,
  underWay = 2,
  waiting = 8192,
  limit,
}: BatchOptions<Item, Answer>): Batch<Item, Answer> {
  // A statement of many is part of nobody's transaction, not even of the one in which the first of them was asked.
  const outside = AsyncLocalStorage.snapshot();
  let queue: Waiting<Item, Answer>[] = [];
  let running = 0;
  let scheduled = false;

  const start = (): void => {
    scheduled = false;
    while (running < underWay && queue.length > 0) {
      const taken = queue.length <= most ? queue : queue.slice(0, most);
      queue = queue.length <= most ? [] : queue.slice(most);
      running += 1;
      void finish(taken);
    }
  };
  const finish = async (taken: readonly Waiting<Item, Answer>[]): Promise<void> => {
    try {
      const answers = await run(taken.map(({ item }) => item));
      taken.forEach(({ resolve }, index) => resolve(answers[index] as Answer));
    } catch (error) {
      for (const { reject } of taken) reject(error);
    } finally {
      running -= 1;
      start();
    }
  };

  return {
    ask(item) {
      if (queue.length >= waiting) return Promise.reject(new BatchFull(queue.length, limit));
      return new Promise((resolve, reject) => {
        queue.push({ item, resolve, reject });
        if (scheduled || running >= underWay) return;
        scheduled = true;
        // Not at once: what arrived in the same turn of the event loop joins the same statement.
        setImmediate(outside, start);
      });
    },
  };
}
