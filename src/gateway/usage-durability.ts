import { describeError } from './authorization-server.js';
import { openJournal, type QueuedReport, type UsageJournal } from './usage-journal.js';

/** A journal whose writes come one after the other, those of one moment together. */
export interface Durable {
  readonly opened: Promise<void>;
  /** Whether the report is on the disk. */
  append(report: QueuedReport): Promise<boolean>;
  /** So many of what was written are not needed any more. */
  sent(count: number): void;
  /** Whether what still waits is on the disk. */
  close(): Promise<boolean>;
}

export interface DurableOptions {
  /** What is not sent yet. */
  readonly waiting: () => readonly QueuedReport[];
  readonly onLeft: (left: readonly QueuedReport[]) => void;
  readonly onFailure: (detail: string) => void;
}

/** Sent lines that the file may carry along before it is written anew. */
const mostSentLines = 1000;

export function durably(path: string, { waiting, onLeft, onFailure }: DurableOptions): Durable {
  let journal: UsageJournal | undefined;
  let unwritten: QueuedReport[] = [];
  let writing: Promise<boolean> | undefined;
  let sentLines = 0;
  let last: Promise<unknown> = Promise.resolve();

  /** Whether it worked. */
  const then = (work: (open: UsageJournal) => Promise<void>): Promise<boolean> => {
    const done = last.then(async () => {
      if (!journal) return false;
      await work(journal);
      return true;
    });
    const told = done.catch((error: unknown) => {
      onFailure(describeError(error));
      return false;
    });
    last = told;
    return told;
  };
  const rewrite = (): Promise<boolean> =>
    then((open) => {
      sentLines = 0;
      return open.keepOnly(waiting());
    });

  const opened = openJournal(path).then(
    (open) => {
      journal = open;
      onLeft(open.left);
    },
    (error: unknown) => onFailure(describeError(error)),
  );
  last = opened;
  return {
    opened,
    append(report) {
      unwritten.push(report);
      // All that come before it begins share one writing, and what becomes of it.
      writing ??= then((open) => {
        const batch = unwritten;
        unwritten = [];
        writing = undefined;
        return open.append(batch);
      });
      return writing;
    },
    sent(count) {
      sentLines += count;
      if (sentLines >= mostSentLines) void rewrite();
    },
    async close() {
      const kept = await rewrite();
      await then((open) => open.close());
      return kept;
    },
  };
}
