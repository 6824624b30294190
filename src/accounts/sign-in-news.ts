import type { AccountEventStore } from './account-event-store.js';
import type { AccountNews } from './account-news.js';
import type { AccountId } from './account.js';
import type { CircumstancesSource } from './circumstances.js';

export interface SignInNewsPorts {
  readonly accountEvents: Pick<AccountEventStore, 'listOf'>;
  readonly news: AccountNews;
  readonly circumstances: CircumstancesSource;
}

/** How many events are looked through for a sign-in like this one. */
const remembered = 100;

/** Writes a sign-in down, and tells its owner by mail when none before it came from such a browser at such a place. */
export class SignInNews {
  readonly #ports: SignInNewsPorts;

  constructor(ports: SignInNewsPorts) {
    this.#ports = ports;
  }

  async tell(accountId: AccountId): Promise<void> {
    const { accountEvents, news, circumstances } = this.#ports;
    const { place, browser } = circumstances();
    const events = await accountEvents.listOf(accountId, remembered);
    const before = events.filter(({ kind }) => kind === 'signed_in');
    const known = before.some((event) => event.place === place && event.browser === browser);
    const letter = { kind: 'new_browser_signed_in', values: {} } as const;
    // The first one of all is hers: she has just made the account.
    const tells = before.length > 0 && !known;
    await news.tell(accountId, { kind: 'signed_in', ...(tells ? { letter } : {}) });
  }
}
