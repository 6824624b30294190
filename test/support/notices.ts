import type { GuardNotice } from '../../src/gateway/index.js';

/** What a guard tells its operator, for tests that wait for it. */
export class Notices {
  readonly told: GuardNotice[] = [];
  #seen = 0;
  #waiting: (() => void)[] = [];

  readonly hear = (notice: GuardNotice): void => {
    this.told.push(notice);
    this.#waiting.splice(0).forEach((go) => go());
  };

  /** The next notice of this kind that no one has waited for. */
  async next(kind: GuardNotice['kind']): Promise<GuardNotice> {
    for (;;) {
      const index = this.told.findIndex((notice, at) => at >= this.#seen && notice.kind === kind);
      const found = this.told[index];
      if (found) {
        this.#seen = index + 1;
        return found;
      }
      // oxlint-disable-next-line no-await-in-loop
      await new Promise<void>((go) => this.#waiting.push(go));
    }
  }
}
