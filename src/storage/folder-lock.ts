import { readFileSync } from 'node:fs';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { setTimeout as wait } from 'node:timers/promises';
import { codeOf } from '../lib/error-code.js';

/** Another live process has the embedded database open. */
export class DataFolderLocked extends Error {
  /** The process that has it. */
  readonly pid: number;
  readonly folder: string;

  constructor(holder: Holder, folder: string) {
    const where = holder.host === hostname() ? '' : ` on ${holder.host}`;
    super(
      `the data folder ${folder} is in use by process ${holder.pid}${where}; stop it, or use another folder (HOLDFAST_DATA_DIR)` +
        (where ? `; if that machine or container is gone, delete ${folder}.lock` : ''),
    );
    this.name = 'DataFolderLocked';
    this.pid = holder.pid;
    this.folder = folder;
  }
}

interface Holder {
  readonly pid: number;
  readonly host: string;
  /** When the process was started, as the kernel counts; tells a holder from a later process with its pid. */
  readonly started: string | undefined;
}

const heldHere = new Set<string>();

/**
 * Takes `folder`.lock for this process; returns what gives it back. A lock is stolen only from a dead process.
 * Throws DataFolderLocked.
 */
export async function lockFolder(folder: string): Promise<() => Promise<void>> {
  const file = `${folder}.lock`;
  const mine: Holder = { pid: process.pid, host: hostname(), started: startOf(process.pid) };
  if (heldHere.has(file)) throw new DataFolderLocked(mine, folder);
  heldHere.add(file);
  try {
    await take(file, folder, JSON.stringify(mine));
  } catch (error) {
    heldHere.delete(file);
    throw error;
  }
  return async () => {
    if (heldHere.delete(file)) await rm(file, { force: true });
  };
}

async function take(file: string, folder: string, mine: string): Promise<void> {
  for (let attempt = 0; attempt < 5; attempt += 1) {
    if (await create(file, mine)) return;
    const found = await readSettled(file);
    if (found === undefined) continue;
    const holder = parse(found);
    if (holder && isAlive(holder)) throw new DataFolderLocked(holder, folder);
    if (await steal(file, found, mine)) return;
  }
  throw new DataFolderLocked(parse((await readSettled(file)) ?? '') ?? unknownHolder, folder);
}

const unknownHolder: Holder = { pid: 0, host: hostname(), started: undefined };

/** O_EXCL: of any number of processes one creates the file. */
async function create(file: string, content: string): Promise<boolean> {
  try {
    await writeFile(file, content, { flag: 'wx', mode: 0o600 });
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
}

/** The content; waits a little for a file that is being written. Undefined when there is none. */
async function readSettled(file: string): Promise<string | undefined> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      const content = await readFile(file, 'utf8');
      if (parse(content) || attempt === 5) return content;
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return undefined;
      throw error;
    }
    await wait(100);
  }
}

/*
 * Two processes may find the same dead lock. Renaming takes exactly one file away; whoever took a fresh lock instead
 * of the dead one puts it back. After that both look again whether the lock is still theirs.
 */
async function steal(file: string, dead: string, mine: string): Promise<boolean> {
  const aside = `${file}.${process.pid}`;
  try {
    await rename(file, aside);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return false;
    throw error;
  }
  const taken = await readFile(aside, 'utf8');
  await rm(aside, { force: true });
  if (taken !== dead) {
    await create(file, taken);
    return false;
  }
  if (!(await create(file, mine))) return false;
  await wait(100);
  return (await readSettled(file)) === mine;
}

function parse(content: string): Holder | undefined {
  try {
    const { pid, host, started } = JSON.parse(content) as Partial<Holder>;
    return typeof pid === 'number' && typeof host === 'string' ? { pid, host, started } : undefined;
  } catch {
    return undefined;
  }
}

function isAlive(holder: Holder): boolean {
  // Of a process on another machine or in another container nothing can be told: take it for alive.
  if (holder.host !== hostname()) return true;
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
  // The pid may be another process's by now; in a container the server often has the same one at every start.
  const started = startOf(holder.pid);
  if (holder.started === undefined || started === undefined) return holder.pid !== process.pid;
  return started === holder.started;
}

/** Field 22 of /proc/PID/stat; undefined where there is no such file. */
function startOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return undefined;
  }
}
