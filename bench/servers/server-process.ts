import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { serverCore } from '../machine.js';

/** A server under load, in a process of its own. */
export class ServerProcess {
  readonly port: number;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, port: number) {
    this.#child = child;
    this.port = port;
  }

  /** Starts a script of the compiled repository with `port` and `parameters`, and waits for its `{ ready }`. */
  static async start<Ready>(
    script: string,
    port: number,
    parameters: readonly string[] = [],
    { core = 'first' }: { readonly core?: 'first' | 'any' } = {},
  ): Promise<{ server: ServerProcess; ready: Ready }> {
    const [execPath, ...execArgv] = core === 'first' ? serverCore() : [];
    const file = path.resolve(import.meta.dirname, '..', '..', script);
    const child = fork(file, [String(port), ...parameters], {
      ...(execPath === undefined ? {} : { execPath, execArgv }),
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    const exit = once(child, 'exit').then(([code]) => {
      throw new Error(`${script} ended with ${String(code)} before it was ready`);
    });
    exit.catch(() => undefined);
    const [message] = (await Promise.race([once(child, 'message'), exit])) as [{ ready: Ready }];
    return { server: new ServerProcess(child, port), ready: message.ready };
  }

  /** Microseconds of processor time so far; undefined where there is no /proc. */
  processorTime(): number | undefined {
    return processorTimeOf(this.#child.pid);
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const exit = once(this.#child, 'exit');
    this.#child.kill('SIGTERM');
    const late = setTimeout(() => this.#child.kill('SIGKILL'), 10_000);
    await exit;
    clearTimeout(late);
  }
}

/** Microseconds of processor time that a process has had; undefined where there is no /proc. */
export function processorTimeOf(pid: number | undefined): number | undefined {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    return (Number(fields[11]) + Number(fields[12])) * 10_000;
  } catch {
    return undefined;
  }
}
