import type { Clock } from '../lib/clock.js';
import { keyedDigest } from '../lib/hashing.js';
import type { Random } from '../lib/random.js';
import type { Transaction } from '../lib/transaction.js';
import type { AccountEventLog } from './account-event-log.js';
import type { AccountId } from './account.js';
import { codesAtOnce, newRecoveryCode, readRecoveryCode } from './recovery-code-policy.js';
import type { RecoveryCodeStore } from './recovery-code-store.js';

export interface RecoveryCodePorts {
  readonly recoveryCodes: RecoveryCodeStore;
  readonly accountEvents: Pick<AccountEventLog, 'record'>;
  readonly transaction: Transaction;
  /** deriveKey(master, 'recovery codes') */
  readonly key: Uint8Array;
  readonly random: Random;
  readonly clock: Clock;
}

/** The codes on paper that let a person back in who lost her passkeys. */
export class RecoveryCodeService {
  readonly #ports: RecoveryCodePorts;

  constructor(ports: RecoveryCodePorts) {
    this.#ports = ports;
  }

  /**
   * Ten new codes, to be shown once; they void the account's old ones. What allowed it (a sign-up, a confirmation)
   * and the mail about it are the caller's.
   */
  async replace(accountId: AccountId): Promise<readonly string[]> {
    const { recoveryCodes, accountEvents, transaction, random, clock } = this.#ports;
    const codes = Array.from({ length: codesAtOnce }, () => newRecoveryCode(random));
    const digests = codes.map((code) => this.#digest(accountId, code));
    await transaction.run(async () => {
      await recoveryCodes.replace(accountId, digests, new Date(clock.now()));
      await accountEvents.record(accountId, 'recovery_codes_made');
    });
    return codes;
  }

  /** The account has no codes any more: she did not keep them. */
  async drop(accountId: AccountId): Promise<void> {
    const { recoveryCodes, transaction, clock } = this.#ports;
    await transaction.run(() => recoveryCodes.replace(accountId, [], new Date(clock.now())));
  }

  /** Uses a code up. NIST SP 800-63B-4 §4.2.1.1: a saved recovery code is good once. */
  async take(accountId: AccountId, typed: string): Promise<boolean> {
    const { recoveryCodes, clock } = this.#ports;
    const code = readRecoveryCode(typed);
    if (code === undefined) return false;
    return await recoveryCodes.take(accountId, this.#digest(accountId, code), new Date(clock.now()));
  }

  async countLeft(accountId: AccountId): Promise<number> {
    return await this.#ports.recoveryCodes.countLeft(accountId);
  }

  #digest(accountId: AccountId, code: string): Buffer {
    return keyedDigest(this.#ports.key, JSON.stringify([accountId, code]));
  }
}
