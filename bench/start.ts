import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { freePort } from '../examples/support/free-port.js';
import type { Name } from './competitors.js';
import { print, type Line } from './report.js';
import { note } from './rounds.js';

const root = path.resolve(import.meta.dirname, '../..');
const patience = 60_000;
const between = 5;

/** From the start of the process to the first answer, with the embedded database: in a new folder, and in the same again. */
export async function benchStart(rounds: number): Promise<Line[]> {
  const first = new Map<Name, number[]>();
  const second = new Map<Name, number[]>();
  for (let round = 0; round < rounds; round++) {
    const folder = await mkdtemp(path.join(tmpdir(), 'holdfast-start-'));
    try {
      const bare = await startBare();
      note(first, 'node:http', bare);
      note(second, 'node:http', bare);
      note(first, 'holdfast', await startOurs(folder));
      note(second, 'holdfast', await startOurs(folder));
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }
  const common = { bench: 'start', unit: 's', against: ['node:http'] } as const;
  return [
    ...print({ ...common, variant: 'embedded, first start', rounds: first }),
    ...print({ ...common, variant: 'embedded, second start', rounds: second }),
  ];
}

async function startOurs(folder: string): Promise<number> {
  const [port, managementPort] = [await freePort(), await freePort()];
  const env = {
    PATH: process.env['PATH'],
    PORT: String(port),
    MANAGEMENT_PORT: String(managementPort),
    HOLDFAST_DATA_DIR: folder,
    HOLDFAST_EXAMPLE_GATEWAY_ENABLED: 'false',
  };
  const script = ['--enable-source-maps', path.join(root, 'dist/src/main.js')];
  return timed(script, env, `http://localhost:${port}/.well-known/openid-configuration`);
}

async function startBare(): Promise<number> {
  const port = await freePort();
  const script = [path.join(root, 'dist/bench/servers/hello-http.js'), String(port)];
  return timed(script, { PATH: process.env['PATH'] }, `http://127.0.0.1:${port}/`);
}

/** Seconds from the start of a process to its first 200. */
async function timed(script: readonly string[], env: NodeJS.ProcessEnv, url: string): Promise<number> {
  const began = performance.now();
  const child = spawn(process.execPath, script, {
    cwd: root,
    env,
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  try {
    while (!(await answers(url))) {
      if (child.exitCode !== null) throw new Error(`${script.join(' ')} ended with ${child.exitCode}`);
      if (performance.now() - began > patience) throw new Error(`${url} did not answer within a minute`);
      await wait(between);
    }
    return (performance.now() - began) / 1000;
  } finally {
    await end(child);
  }
}

async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(url)).ok;
  } catch {
    return false;
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  await exited;
}
