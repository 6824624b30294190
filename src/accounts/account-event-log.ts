import { randomBase62 } from '../lib/base62.js';
import type { Clock } from '../lib/clock.js';
import type { Random } from '../lib/random.js';
import type { AccountEventDetail, AccountEventKind } from './account-event.js';
import type { AccountEventStore } from './account-event-store.js';
import type { AccountId } from './account.js';
import type { CircumstancesSource } from './circumstances.js';

export interface AccountEventLogPorts {
  readonly accountEvents: AccountEventStore;
  readonly circumstances: CircumstancesSource;
  readonly clock: Clock;
  readonly random: Random;
}

/** Writes down what happened to an account, for its owner; inside a transaction together with the change itself. */
export class AccountEventLog {
  readonly #ports: AccountEventLogPorts;

  constructor(ports: AccountEventLogPorts) {
    this.#ports = ports;
  }

  async record(accountId: AccountId, kind: AccountEventKind, detail: AccountEventDetail = {}): Promise<void> {
    const { accountEvents, circumstances, clock, random } = this.#ports;
    const { place, browser } = circumstances();
    const id = `evt_${randomBase62(random, 22)}`;
    await accountEvents.insert({ id, accountId, kind, at: new Date(clock.now()), place, browser, detail });
  }
}
