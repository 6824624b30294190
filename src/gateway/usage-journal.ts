import { open, readFile, rename, writeFile, type FileHandle } from 'node:fs/promises';
import { codeOf } from '../lib/error-code.js';
import { isRecord } from '../lib/json.js';

/** A report as /usage takes it. */
export type QueuedReport = Readonly<Record<string, unknown>> & { readonly call_id: string };

/**
 * Reports that are not sent yet, one a line. What `append` has resolved for is on the disk; what was sent may come up once
 * more after a crash, which counts nothing twice.
 */
export interface UsageJournal {
  /** What a process before this one has left. */
  readonly left: readonly QueuedReport[];
  append(reports: readonly QueuedReport[]): Promise<void>;
  /** Writes the file anew with what still waits. */
  keepOnly(reports: readonly QueuedReport[]): Promise<void>;
  close(): Promise<void>;
}

export async function openJournal(path: string): Promise<UsageJournal> {
  const left = parse(await readFile(path, 'utf8').catch(emptyIfMissing));
  let file = await rewrite(path, left);
  return {
    left,
    async append(reports) {
      await file.appendFile(linesOf(reports));
      await file.datasync();
    },
    async keepOnly(reports) {
      await file.close();
      file = await rewrite(path, reports);
    },
    close: () => file.close(),
  };
}

/** Beside the old one and then over it, so that a crash leaves the one or the other. */
async function rewrite(path: string, reports: readonly QueuedReport[]): Promise<FileHandle> {
  const next = `${path}.next`;
  await writeFile(next, linesOf(reports), { mode: 0o600, flush: true });
  await rename(next, path);
  return open(path, 'a', 0o600);
}

function linesOf(reports: readonly QueuedReport[]): string {
  return reports.map((report) => `${JSON.stringify(report)}\n`).join('');
}

/** A last line that was cut off by a crash was never acknowledged to anybody. */
function parse(text: string): QueuedReport[] {
  return text.split('\n').flatMap((line) => {
    try {
      const report: unknown = JSON.parse(line);
      return isRecord(report) && typeof report['call_id'] === 'string' ? [report as QueuedReport] : [];
    } catch {
      return [];
    }
  });
}

function emptyIfMissing(error: unknown): string {
  if (codeOf(error) === 'ENOENT') return '';
  throw error;
}
