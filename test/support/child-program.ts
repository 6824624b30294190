import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface, type Interface } from 'node:readline';

/** A program of test/support/programs in a process of its own. */
export class ChildProgram {
  readonly #process: ChildProcess;
  readonly #exited: Promise<unknown>;
  readonly #lines: AsyncIterator<string>;
  readonly #reader: Interface;

  constructor(name: string, args: readonly string[]) {
    const file = path.join(import.meta.dirname, 'programs', `${name}.js`);
    this.#process = spawn(process.execPath, ['--enable-source-maps', file, ...args], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    this.#exited = once(this.#process, 'exit');
    if (!this.#process.stdout) throw new Error('the child has no output');
    this.#reader = createInterface({ input: this.#process.stdout });
    this.#lines = this.#reader[Symbol.asyncIterator]();
  }

  get pid(): number | undefined {
    return this.#process.pid;
  }

  /** The next line that it prints; undefined when it prints no more. */
  async line(): Promise<string | undefined> {
    const next = await this.#lines.next();
    return next.done ? undefined : next.value;
  }

  /** kill -9; resolves when it is gone. */
  async kill(): Promise<void> {
    this.#process.kill('SIGKILL');
    await this.#exited;
    this.#reader.close();
  }
}
