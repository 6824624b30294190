import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import type { Job, Load } from './generator.js';

/** The load generator's process, from outside. */
export class LoadGenerator {
  readonly #child: ChildProcess;

  constructor() {
    this.#child = fork(path.join(import.meta.dirname, 'generator.js'), { stdio: 'inherit' });
  }

  async run(job: Job): Promise<Load> {
    this.#child.send(job);
    const [message] = (await once(this.#child, 'message')) as [{ load?: Load; error?: string }];
    if (!message.load) throw new Error(`${job.name}: ${message.error}`);
    return message.load;
  }

  stop(): void {
    this.#child.disconnect();
  }
}
