import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

const pause = 25;
/** Tries until a lock whose holder lives is overridden: half a minute, longer than any refresh. */
const longest = 1200;

/** Runs `work` while no other process of this machine runs theirs under the same lock. */
export async function underLock<Value>(file: string, work: () => Promise<Value>): Promise<Value> {
  await take(file);
  try {
    return await work();
  } finally {
    await rm(file, { force: true });
  }
}

async function take(file: string): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
  for (let tries = 0; ; tries += 1) {
    try {
      return await writeFile(file, String(process.pid), { flag: 'wx', mode: 0o600 });
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    }
    // Two may take a dead one's place at once; for a refresh that is harmless, it has one successor (law 2).
    if (tries >= longest || !(await holderLives(file))) await rm(file, { force: true });
    else await wait(pause);
  }
}

async function holderLives(file: string): Promise<boolean> {
  const text = await readFile(file, 'utf8').catch(() => undefined);
  // Gone just now, or just being written.
  if (text === undefined || text === '') return true;
  try {
    process.kill(Number(text), 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
