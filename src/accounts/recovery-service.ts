import { randomBase62 } from '../lib/base62.js';
import { type Clock, epochSeconds } from '../lib/clock.js';
import { sha256 } from '../lib/hashing.js';
import type { Random } from '../lib/random.js';
import { RefusalError, refuse } from '../lib/refusal.js';
import { accepted, refused, refusedFor, type Result } from '../lib/result.js';
import type { Transaction } from '../lib/transaction.js';
import type { SecurityEvents } from '../observability/events.js';
import type { AccountNews } from './account-news.js';
import type { AccountStore } from './account-store.js';
import type { Account } from './account.js';
import type { Asker, AttemptLimits } from './attempt-limits.js';
import { type DraftService, type NextStep, stepGone } from './draft-service.js';
import type { RecoveryCodeService } from './recovery-code-service.js';
import { foldedAddress } from './email-address.js';
import { type ProvenAddress, type RecoveryDraft, recoveryDraft } from './recovery-draft.js';
import type { RecoveryStore } from './recovery-store.js';
import { orRefusal } from './refused-transaction.js';

export interface RecoveryPorts {
  readonly accounts: AccountStore;
  readonly recoveryCodes: RecoveryCodeService;
  readonly recoveries: RecoveryStore;
  readonly drafts: DraftService;
  readonly limits: Pick<AttemptLimits, 'take' | 'succeeded'>;
  readonly news: AccountNews;
  readonly events: Pick<SecurityEvents, 'recovered' | 'recoveryCodeRefused'>;
  readonly transaction: Transaction;
  /** `accounts.recovery_hold` and `accounts.undo_lifetime`: seconds. */
  readonly hold: number;
  readonly undoLifetime: number;
  readonly random: Random;
  readonly clock: Clock;
}

const undoTokenBytes = 32;

/** Lets a person back in by a recovery code, once her address is proven (RecoveryMailService). */
export class RecoveryService {
  readonly #ports: RecoveryPorts;

  constructor(ports: RecoveryPorts) {
    this.#ports = ports;
  }

  /** How far this browser has come; undefined when it has not begun. */
  async find(interactionUid: string, secret: string): Promise<RecoveryDraft | undefined> {
    return recoveryDraft(await this.#ports.drafts.open({ kind: 'recovery', interactionUid, secret }));
  }

  /**
   * Uses a recovery code up and lets its owner in, weakly, while everything else of the account ends. One transaction:
   * of any number of parallel tries with one code one goes through, and whatever fails takes nothing.
   */
  async recover(
    interactionUid: string,
    secret: string,
    { typed, asker }: { typed: string; asker: Asker },
  ): Promise<Result<NextStep>> {
    const { limits, events, drafts, transaction } = this.#ports;
    const handle = { kind: 'recovery', interactionUid, secret } as const;
    const draft = recoveryDraft(await drafts.open(handle));
    if (draft?.step !== 'recovery_code') return stepGone();
    const { account_id: accountId } = draft;
    const attempt = { ...asker, kind: 'recovery_code', subject: accountId } as const;
    const wait = await limits.take(attempt);
    if (wait !== undefined) return refusedFor(wait, 'recovery codes');
    const next = await orRefusal(() =>
      transaction.run(async () => {
        const done = await this.#letIn(draft, typed);
        if (!done.ok) throw new RefusalError(done.refusal);
        const secretAfter = await drafts.advance(handle, done.value);
        // Thrown to give the code back: another tab was first.
        if (secretAfter === undefined) throw refuse('step_gone', 'another tab made this step');
        return { secret: secretAfter };
      }),
    );
    if (next.ok) {
      await limits.succeeded(attempt);
      events.recovered({ accountId });
    } else if (next.refusal.code === 'recovery_refused') {
      events.recoveryCodeRefused({ accountId });
    }
    return next;
  }

  async #letIn(
    { account_id: accountId, email }: ProvenAddress,
    typed: string,
  ): Promise<Result<RecoveryDraft>> {
    const { accounts, recoveryCodes, clock, hold } = this.#ports;
    const account = await accounts.find(accountId);
    if (!account || account.disabledAt) return refused('recovery_refused', 'the account is gone or disabled');
    // She may have changed it since, for somebody else reads what comes there.
    if (account.email === undefined || foldedAddress(account.email) !== foldedAddress(email)) {
      return refused('recovery_refused', 'the address that was proven is no longer hers');
    }
    if (!(await recoveryCodes.take(accountId, typed))) {
      return refused('recovery_refused', 'the code is wrong or used');
    }
    // ASVS 7.4.3: other sessions end. Before the new one is made, so that it alone is under the new generation.
    await accounts.revoke(accountId);
    const heldUntil = new Date(clock.now() + hold * 1000);
    await accounts.holdPaidTiers(accountId, heldUntil);
    const codesLeft = await recoveryCodes.countLeft(accountId);
    const recoveryId = await this.#writeDown(account, heldUntil, codesLeft);
    const revoked = await accounts.find(accountId);
    return accepted({
      step: 'done',
      account_id: accountId,
      recovery_id: recoveryId,
      auth_time: epochSeconds(clock),
      held_until: heldUntil.getTime(),
      account_generation: revoked?.generation ?? -1,
      codes_left: codesLeft,
      passkey_added: false,
    });
  }

  /** NIST SP 800-63B-4 §4.2.3: the owner is told of every recovery, wherever she can be reached. */
  async #writeDown(account: Account, heldUntil: Date, codesLeft: number): Promise<string> {
    const { recoveries, news, random, clock, undoLifetime } = this.#ports;
    const id = `rec_${randomBase62(random, 22)}`;
    const at = new Date(clock.now());
    const undoUntil = new Date(clock.now() + undoLifetime * 1000);
    const undoToken = random.bytes(undoTokenBytes).toString('base64url');
    await recoveries.insert(
      { id, accountId: account.id, at, undoUntil, undoneAt: undefined },
      sha256(undoToken),
    );
    const paidTiersFrom = Math.floor(heldUntil.getTime() / 1000);
    await news.tell(account.id, {
      kind: 'recovered',
      detail: { codes_left: codesLeft },
      letter: {
        kind: 'you_are_back',
        values: { undoPath: `/recovery/undo/${undoToken}`, paidTiersFrom, codesLeft },
      },
    });
    return id;
  }
}
