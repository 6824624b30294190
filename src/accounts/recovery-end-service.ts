import type { PublicKeyCredentialCreationOptionsJSON } from '@simplewebauthn/server';
import type { Clock } from '../lib/clock.js';
import { sha256 } from '../lib/hashing.js';
import { accepted, refused, type Result } from '../lib/result.js';
import type { Transaction } from '../lib/transaction.js';
import type { SecurityEvents } from '../observability/events.js';
import type { AccountNews } from './account-news.js';
import type { AccountStore } from './account-store.js';
import type { AddPasskeyService } from './add-passkey-service.js';
import { type Authentication, recoveryAmr, weakestAcr } from './authentication.js';
import { type DraftService, type NextStep, stepGone } from './draft-service.js';
import { addedSince } from './passkey-policy.js';
import type { PasskeyStore } from './passkey-store.js';
import { type DoneRecovery, recoveryDraft } from './recovery-draft.js';
import type { Recovery, RecoveryStore } from './recovery-store.js';

export interface RecoveryEndPorts {
  readonly accounts: AccountStore;
  readonly passkeys: PasskeyStore;
  readonly addPasskey: AddPasskeyService;
  readonly recoveries: RecoveryStore;
  readonly drafts: DraftService;
  readonly news: AccountNews;
  readonly events: Pick<SecurityEvents, 'recoveryUndone'>;
  readonly transaction: Transaction;
  readonly clock: Clock;
}

/** What can follow a recovery: a new passkey, going on, or undoing it. */
export class RecoveryEndService {
  readonly #ports: RecoveryEndPorts;

  constructor(ports: RecoveryEndPorts) {
    this.#ports = ports;
  }

  /** Law 5: a recovery is worth the weakest rung. Refused once it was undone. */
  async signIn(interactionUid: string, secret: string): Promise<Result<Authentication>> {
    const done = await this.#standing(interactionUid, secret);
    if (!done.ok) return done;
    const { account_id: accountId, account_generation: accountGeneration, auth_time: authTime } = done.value;
    return accepted({ accountId, accountGeneration, acr: weakestAcr, amr: recoveryAmr, authTime });
  }

  /** False once it was undone. */
  async stands(interactionUid: string, secret: string): Promise<boolean> {
    return (await this.#standing(interactionUid, secret)).ok;
  }

  async beginPasskey(
    interactionUid: string,
    secret: string,
  ): Promise<Result<PublicKeyCredentialCreationOptionsJSON>> {
    const done = await this.#standing(interactionUid, secret);
    if (!done.ok) return done;
    const { account_id: accountId, held_until: heldUntil } = done.value;
    const place = { accountId, sessionUid: interactionUid };
    return await this.#ports.addPasskey.begin(place, { kind: 'recovery', heldUntil: new Date(heldUntil) });
  }

  /** The recovery stays locked meanwhile, so that undoing it waits and then meets the passkey. */
  async finishPasskey(
    interactionUid: string,
    secret: string,
    { response, unnamed }: { readonly response: unknown; readonly unnamed?: string },
  ): Promise<Result<NextStep>> {
    const { addPasskey, drafts, transaction } = this.#ports;
    return await transaction.run(async () => {
      const done = await this.#standing(interactionUid, secret);
      if (!done.ok) return done;
      const { account_id: accountId } = done.value;
      const added = await addPasskey.finish({ accountId, sessionUid: interactionUid }, response, unnamed);
      if (!added.ok) return added;
      const handle = { kind: 'recovery', interactionUid, secret } as const;
      const next = await drafts.advance(handle, { ...done.value, passkey_added: true });
      return accepted({ secret: next ?? secret });
    });
  }

  /** The recovery that a link undoes; `recovery_undo_refused` once it was used or is too old. */
  async findByLink(token: string): Promise<Result<Recovery>> {
    const recovery = await this.#ports.recoveries.findByUndo(sha256(token));
    if (!recovery) return refused('recovery_undo_refused', 'the link is unknown');
    if (recovery.undoneAt) return refused('recovery_undo_refused', 'the recovery was undone already');
    if (recovery.undoUntil.getTime() > this.#ports.clock.now()) return accepted(recovery);
    return refused('recovery_undo_refused', 'the link has expired');
  }

  /** Of the browser that recovered. */
  async undoHere(interactionUid: string, secret: string): Promise<Result<undefined>> {
    const done = await this.#standing(interactionUid, secret);
    if (!done.ok) return done;
    const recovery = await this.#ports.recoveries.find(done.value.recovery_id);
    return recovery ? await this.undo(recovery) : stepGone();
  }

  /** Ends what the recovery made: its sessions, and passkeys that were added since. It lifts nothing else. */
  async undo(recovery: Recovery): Promise<Result<undefined>> {
    const { id, accountId } = recovery;
    const { accounts, passkeys, recoveries, news, events, transaction, clock } = this.#ports;
    const now = new Date(clock.now());
    return await transaction.run(async () => {
      if (!(await recoveries.undo(id, now))) {
        return refused('recovery_undo_refused', 'the recovery was undone already, or its time has passed');
      }
      await accounts.revoke(accountId);
      // What came in after another recovery is of that one, which cut this one off: it may be the owner's against a thief's.
      const later = (await recoveries.listUndoable(accountId, now)).filter(({ at }) => at > recovery.at);
      const before = later.toSorted((one, other) => Number(one.at) - Number(other.at))[0]?.at;
      const removed = await passkeys.removeAddedSince(
        accountId,
        { since: addedSince(recovery), before },
        now,
      );
      await news.tell(accountId, {
        kind: 'recovery_undone',
        detail: { passkeys: removed.length },
        letter: { kind: 'signed_out_everywhere', values: {} },
      });
      events.recoveryUndone({ accountId, passkeys: removed.length });
      return accepted(undefined);
    });
  }

  /**
   * The recovery of this browser, if nobody has revoked the account since: by undoing it, by another recovery, by "sign
   * out everywhere". Locked where a transaction is open.
   */
  async #standing(interactionUid: string, secret: string): Promise<Result<DoneRecovery>> {
    const { drafts, recoveries } = this.#ports;
    const draft = recoveryDraft(await drafts.open({ kind: 'recovery', interactionUid, secret }));
    if (draft?.step !== 'done') return stepGone();
    const recovery = await recoveries.lock(draft.recovery_id);
    return recovery?.accountGeneration === draft.account_generation ? accepted(draft) : stepGone();
  }
}
