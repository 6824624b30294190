import { refuse } from '../lib/refusal.js';
import type { Transaction } from '../lib/transaction.js';
import type { SecurityEvents } from '../observability/events.js';
import type { AccountNews } from './account-news.js';
import type { AccountStore } from './account-store.js';
import type { AccountId } from './account.js';
import { type Confirmation, confirms } from './confirmation.js';
import { orRefusal } from './refused-transaction.js';

export interface DeleteAccountPorts {
  readonly accounts: Pick<AccountStore, 'remove'>;
  readonly news: Pick<AccountNews, 'write'>;
  readonly transaction: Transaction;
  readonly events: Pick<SecurityEvents, 'accountDeleted'>;
}

/** Deletes an account for good: whatever hangs on it dies in the same transaction. */
export class DeleteAccountService {
  readonly #ports: DeleteAccountPorts;

  constructor(ports: DeleteAccountPorts) {
    this.#ports = ports;
  }

  /** False when it was gone already. */
  async delete(accountId: AccountId, confirmation: Confirmation): Promise<boolean> {
    const { accounts, news, transaction, events } = this.#ports;
    if (!confirms(confirmation, { accountId, action: 'delete_account', target: '' })) {
      throw new Error('an account is to be deleted by the confirmation of something else');
    }
    const deleted = await orRefusal(() =>
      transaction.run(async () => {
        // Before it, for the address goes with the account; taken back where somebody else was first.
        await news.write(accountId, { kind: 'account_deleted', values: {} });
        if (!(await accounts.remove(accountId))) throw refuse('signed_out', 'the account is gone already');
      }),
    );
    if (deleted.ok) events.accountDeleted({ accountId });
    return deleted.ok;
  }
}
