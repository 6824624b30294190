import type { AccountEventLog } from '../accounts/account-event-log.js';
import type { AccountId } from '../accounts/account.js';
import type { Clock } from '../lib/clock.js';
import type { Transaction } from '../lib/transaction.js';
import type { SecurityEvents } from '../observability/events.js';
import type { LegacyCredentialStore } from '../resource/legacy-credential-store.js';
import type { OwnLegacyCredential } from '../resource/legacy-credential.js';

export interface OldKeysPorts {
  readonly legacyCredentials: Pick<LegacyCredentialStore, 'listOf' | 'revoke'>;
  readonly log: AccountEventLog;
  readonly transaction: Transaction;
  readonly events: Pick<SecurityEvents, 'revoked'>;
  readonly clock: Clock;
}

/** Bearer credentials of before, which spend without any key: what a person may know of hers, and her way to end one. */
export class OldKeysService {
  readonly #ports: OldKeysPorts;

  constructor(ports: OldKeysPorts) {
    this.#ports = ports;
  }

  async list(accountId: AccountId): Promise<readonly OwnLegacyCredential[]> {
    const { legacyCredentials, clock } = this.#ports;
    return await legacyCredentials.listOf(accountId, new Date(clock.now()));
  }

  /** One that is dead already is as good as stopped. */
  async stop(accountId: AccountId, id: string): Promise<void> {
    const { legacyCredentials, log, transaction, events, clock } = this.#ports;
    const selection = { by: 'owner', accountId, digest: Buffer.from(id, 'base64url') } as const;
    const stopped = await transaction.run(async () => {
      if ((await legacyCredentials.revoke(selection, new Date(clock.now()))) === 0) return false;
      await log.record(accountId, 'old_key_stopped');
      return true;
    });
    if (stopped) events.revoked({ what: 'legacy', id: selection.digest.toString('hex') });
  }
}

/** What a form calls it; its digest is no way back to it. */
export function oldKeyId({ digest }: Pick<OwnLegacyCredential, 'digest'>): string {
  return digest.toString('base64url');
}
