import { statSync } from 'node:fs';
import { stat } from 'node:fs/promises';

export interface FileWatch {
  /** Looks once. Never rejects. */
  look(): Promise<void>;
  /** Looks every so many milliseconds until the returned function is called. */
  start(every: number): () => void;
}

/**
 * Calls `changed` when there is something else at `path` than before, and at the first look. By looking at the path,
 * not at the file: editors and orchestrators put another file, or link, in its place. Twice the same must be seen, so
 * that nobody reads what is half written.
 */
export function watchFile(path: string, changed: () => void): FileWatch {
  let known: string | undefined;
  let seen: string | undefined;

  async function look(): Promise<void> {
    const found = await signatureOf(path);
    const settled = found === seen || known === undefined;
    seen = found;
    if (!settled || found === known) return;
    known = found;
    changed();
  }

  return {
    look,
    start(every) {
      let looking: Promise<void> | undefined;
      const timer = setInterval(() => {
        looking ??= look().finally(() => (looking = undefined));
      }, every);
      timer.unref();
      return () => clearInterval(timer);
    },
  };
}

/** Whether there is anything to read. A link that leads nowhere, a folder or what we may not see is nothing. */
export function hasText(path: string): boolean {
  try {
    const { size } = statSync(path);
    return size > 0;
  } catch {
    return false;
  }
}

async function signatureOf(path: string): Promise<string> {
  try {
    const { ino, size, mtimeNs, ctimeNs } = await stat(path, { bigint: true });
    return [ino, size, mtimeNs, ctimeNs].join(' ');
  } catch {
    return 'nothing';
  }
}
