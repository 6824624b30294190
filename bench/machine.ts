import { spawnSync } from 'node:child_process';
import { cpus, loadavg, release, totalmem } from 'node:os';

const twoCores = cpus().length >= 2 && spawnSync('taskset', ['--version']).status === 0;

/**
 * Moves this process, and with it every child that it starts, to the last core: generator and database must not
 * take time from the server, which has the first core to itself (`serverCore`).
 */
export function leaveFirstCore(): void {
  if (twoCores) spawnSync('taskset', ['-pc', `1-${cpus().length - 1}`, String(process.pid)]);
}

/** What to run a server with so that it has the first core and no other; nothing where that can't be done. */
export function serverCore(): string[] {
  return twoCores ? ['/usr/bin/env', 'taskset', '-c', '0', process.execPath] : [];
}

export function describeMachine(): string {
  const [cpu] = cpus();
  const memory = `${Math.round(totalmem() / 2 ** 30)} GB`;
  const load = loadavg()[0]?.toFixed(2);
  const pinned = twoCores ? 'server on core 0, generator and PostgreSQL on the others' : 'not pinned';
  return `${cpus().length} × ${cpu?.model.trim()}, ${memory}, Linux ${release()}, Node ${process.version}, ${pinned}, load ${load} at start`;
}
