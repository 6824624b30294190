import type { Clock } from '../../src/lib/clock.js';

const realNow = Date.now.bind(Date);

/**
 * A clock that tests move. oidc-provider and jose read Date.now themselves, so it is moved along; `reset` in an
 * `afterEach` puts it back.
 */
export class MovableClock implements Clock {
  #offset = 0;

  now(): number {
    return realNow() + this.#offset;
  }

  advance(seconds: number): void {
    this.#offset += seconds * 1000;
    Date.now = () => this.now();
  }

  reset(): void {
    this.#offset = 0;
    Date.now = realNow;
  }
}
