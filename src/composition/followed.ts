import { watchFile } from '../config/file-watch.js';
import type { Logger } from '../observability/logger.js';

const lookEvery = 1000;

export interface Followed<Value> {
  readonly current: Value;
  /** Reads the files now; keeps what it had, and says so, where they are not what they should be. Never throws. */
  reload(): void;
  /** Reads them whenever one has changed, until the returned function is called. */
  watch(): () => void;
}

export interface FollowedFiles<Value> {
  /** The settings that name the files. */
  readonly what: string;
  readonly files: readonly (string | undefined)[];
  readonly first: Value;
  /** Throws where they can't be used. */
  readonly read: () => Value;
  /** The same for the same value. */
  readonly signature: (value: Value) => string;
  readonly taken?: (value: Value) => void;
  readonly logger: Logger;
}

/** What stands in files, which may change while the server runs. */
export function follow<Value>(options: FollowedFiles<Value>): Followed<Value> {
  const { what, files, read, signature, taken, logger } = options;
  const named = files.filter((file) => file !== undefined);
  let current = options.first;

  function reload(): void {
    if (named.length === 0) return;
    try {
      const next = read();
      if (signature(next) === signature(current)) return;
      current = next;
      taken?.(next);
      logger.info({ settings: what, files: named }, 'new certificates are in use');
    } catch (error) {
      logger.error(
        { err: error, settings: what, files: named },
        'new certificates have faults: those of before stay in use',
      );
    }
  }

  return {
    get current() {
      return current;
    },
    reload,
    watch() {
      const watches = named.map((file) => watchFile(file, reload).start(lookEvery));
      return () => watches.forEach((stop) => stop());
    },
  };
}
