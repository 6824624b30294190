import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import net from 'node:net';

export interface ServerProgram {
  readonly name: string;
  readonly program: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly port: number;
  /** What it wrote into its error log, where that is a file. */
  readonly log?: () => Promise<string>;
  /** What to install where it is missing. */
  readonly howTo: string;
}

/** A server that others wrote, as a process; resolves when it takes connections at `port` of the loopback. */
export async function startServerProgram(wish: ServerProgram): Promise<{ close(): Promise<void> }> {
  const { program, args, cwd, environment } = wish;
  const env = { ...process.env, ...environment };
  const child = spawn(program, args, { cwd, env, stdio: ['ignore', 'ignore', 'pipe'] });
  let written = '';
  child.stderr.on('data', (chunk: Buffer) => (written += chunk.toString()));
  const orphaned = () => void child.kill('SIGKILL');
  process.once('exit', orphaned);
  await listening(wish, child, async () => written + ((await wish.log?.()) ?? ''));
  return {
    close: async () => {
      process.off('exit', orphaned);
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
    },
  };
}

/** Resolves when it takes connections; rejects with its log, or with what to install, when it has ended instead. */
async function listening(
  { name, port, howTo }: ServerProgram,
  child: ChildProcess,
  log: () => Promise<string>,
): Promise<void> {
  const state = { over: false };
  const ended = once(child, 'exit').then(
    async () => {
      state.over = true;
      throw new Error(`${name} has ended:\n${await log()}`);
    },
    (cause: unknown) => {
      state.over = true;
      throw new Error(`${name} could not be started: ${howTo}`, { cause });
    },
  );
  const knocking = (async () => {
    // oxlint-disable-next-line no-await-in-loop
    while (!state.over && !(await answers(port))) continue;
  })();
  await Promise.race([ended, knocking]);
  if (state.over) await ended;
  ended.catch(() => {});
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true));
    socket.once('error', () => setTimeout(resolve, 20, false));
    socket.once('connect', () => socket.destroy());
  });
}
