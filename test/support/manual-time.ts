import { setImmediate as turn } from 'node:timers/promises';
import type { GuardTime } from '../../src/gateway/guard.js';

/** Time of a guard that passes only when told. */
export class ManualTime implements GuardTime {
  #now = 0;
  #due: { readonly at: number; readonly run: () => void }[] = [];

  readonly monotonic = { now: () => this.#now };
  readonly timers = {
    after: (milliseconds: number, run: () => void) => {
      const timer = { at: this.#now + milliseconds, run };
      this.#due.push(timer);
      return () => {
        this.#due = this.#due.filter((each) => each !== timer);
      };
    },
  };

  /** Time has passed, and nothing that was due has happened yet: the process stood still. */
  stall(milliseconds: number): void {
    this.#now += milliseconds;
  }

  /** Lets time pass, and what is due happen, in its order. */
  async pass(milliseconds: number): Promise<void> {
    const end = this.#now + milliseconds;
    for (;;) {
      const [next] = this.#due.filter(({ at }) => at <= end).sort((one, other) => one.at - other.at);
      if (!next) break;
      this.#now = Math.max(this.#now, next.at);
      this.#due = this.#due.filter((each) => each !== next);
      next.run();
    }
    this.#now = end;
    await turn();
  }
}
