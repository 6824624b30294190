import type { Clock } from '../lib/clock.js';
import { accepted, refused, type Result } from '../lib/result.js';
import type { Transaction } from '../lib/transaction.js';
import type { SecurityEvents } from '../observability/events.js';
import type { AccountNews } from './account-news.js';
import type { AccountStore } from './account-store.js';
import type { AccountId } from './account.js';
import { type Confirmation, confirms } from './confirmation.js';
import type { HardwareModels } from './hardware-models.js';
import { type ListedPasskey, listedPasskey } from './listed-passkey.js';
import { readPasskeyName } from './passkey-name.js';
import { type PasskeySignals, passkeySignals } from './passkey-signals.js';
import type { PasskeyStore } from './passkey-store.js';
import type { Passkey } from './passkey.js';
import type { RecoveryStore } from './recovery-store.js';
import { confirmsFrom } from './passkey-policy.js';
import type { RelyingParty } from './relying-party.js';
import { type StepUpReadiness, stepUpReadiness } from './step-up-readiness.js';

export interface PasskeyPorts {
  readonly relyingParty: RelyingParty;
  /** Of the upstream providers in the config: an identity elsewhere lets nobody in. */
  readonly issuers: readonly string[];
  readonly accounts: AccountStore;
  readonly passkeys: PasskeyStore;
  readonly recoveries: Pick<RecoveryStore, 'listUndoable'>;
  readonly transaction: Transaction;
  readonly news: AccountNews;
  readonly events: Pick<SecurityEvents, 'passkeyRenamed' | 'passkeyRemoved'>;
  readonly clock: Clock;
  readonly hardwareModels: HardwareModels | undefined;
}

/** One passkey of an account, by its credential id in base64url. */
export interface PasskeyOfAccount {
  readonly accountId: AccountId;
  readonly credentialId: string;
}

/** What a person does with the passkeys that she has. Adding one: AddPasskeyService. */
export class PasskeyService {
  readonly #ports: PasskeyPorts;

  constructor(ports: PasskeyPorts) {
    this.#ports = ports;
  }

  /** Oldest first. */
  async list(accountId: AccountId): Promise<ListedPasskey[]> {
    const { clock, passkeys, recoveries } = this.#ports;
    const now = clock.now();
    const undoable = await recoveries.listUndoable(accountId, new Date(now));
    return (await passkeys.listOf(accountId)).map((passkey) => listedPasskey(passkey, undoable, now));
  }

  /** @param hardware whether only a hardware key will do */
  async stepUpReadiness(accountId: AccountId, hardware: boolean): Promise<StepUpReadiness> {
    const { clock, hardwareModels, passkeys } = this.#ports;
    const all = await passkeys.listOf(accountId);
    return stepUpReadiness(all, clock.now(), hardware ? hardwareModels : undefined);
  }

  /** What the page tells the browser about them. */
  async signals(accountId: AccountId): Promise<PasskeySignals | undefined> {
    const { accounts, passkeys, relyingParty } = this.#ports;
    const account = await accounts.find(accountId);
    return account && passkeySignals(relyingParty, account, await passkeys.listOf(accountId));
  }

  /** A name says nothing to us, so this needs no confirmation. */
  async rename({ accountId, credentialId }: PasskeyOfAccount, input: unknown): Promise<Result<string>> {
    const { events, news, passkeys, transaction } = this.#ports;
    const name = readPasskeyName(input);
    if (!name.ok) return name;
    const renamed = await transaction.run(async () => {
      if (!(await passkeys.rename(accountId, bytesOf(credentialId), name.value))) return gone();
      await news.tell(accountId, { kind: 'passkey_renamed', detail: { passkey: name.value } });
      return name;
    });
    if (renamed.ok) events.passkeyRenamed({ accountId });
    return renamed;
  }

  /**
   * Removes a passkey, never the last one unless another way in is left. Sessions that it signed in stay: a person who
   * tidies up is not signed out; one who lost a device signs it out, or everything, without any confirmation.
   */
  async remove(
    { accountId, credentialId }: PasskeyOfAccount,
    confirmation: Confirmation,
  ): Promise<Result<Passkey>> {
    const { clock, passkeys } = this.#ports;
    if (!confirms(confirmation, { accountId, action: 'remove_passkey', target: credentialId })) {
      throw new Error('a passkey is to be removed by the confirmation of something else');
    }
    return await this.#remove(credentialId, () =>
      passkeys.remove(accountId, bytesOf(credentialId), new Date(clock.now())),
    );
  }

  /**
   * Removes a passkey that may not confirm anything yet. That needs no confirmation: a thief may have put it in, and an
   * account that had no passkey before has none to confirm with (threat 18).
   */
  async removeHeld({ accountId, credentialId }: PasskeyOfAccount): Promise<Result<Passkey>> {
    const { clock, issuers: usable, passkeys, recoveries } = this.#ports;
    const now = clock.now();
    return await this.#remove(credentialId, async (passkey) => {
      const undoable = await recoveries.listUndoable(accountId, new Date(now));
      if (passkey?.accountId !== accountId) return 'unknown';
      if (confirmsFrom(passkey, undoable, now) === undefined) return 'not_held';
      return await passkeys.removeHeld(accountId, passkey.credentialId, { at: new Date(now), usable });
    });
  }

  async #remove(
    credentialId: string,
    remove: (passkey?: Passkey) => Promise<'removed' | 'last' | 'unknown' | 'not_held'>,
  ): Promise<Result<Passkey>> {
    const { events, news, passkeys, transaction } = this.#ports;
    const removed = await transaction.run(async (): Promise<Result<Passkey>> => {
      const passkey = await passkeys.find(bytesOf(credentialId));
      const outcome = await remove(passkey);
      if (outcome === 'not_held')
        return refused('confirmation_needed', 'remove_passkey without an assertion');
      if (outcome === 'last') return refused('passkey_last', 'it is the only way into the account');
      if (outcome === 'unknown' || !passkey) return gone();
      const { accountId, name } = passkey;
      await news.tell(accountId, {
        kind: 'passkey_removed',
        detail: { passkey: name },
        letter: { kind: 'passkey_removed', values: { passkey: name } },
      });
      return accepted(passkey);
    });
    if (removed.ok) {
      const { accountId, madeBy } = removed.value;
      events.passkeyRemoved({ accountId, madeBy });
    }
    return removed;
  }
}

function gone(): Result<never> {
  return refused('passkey_gone', 'the account has no passkey with this credential id');
}

function bytesOf(credentialId: string): Buffer {
  return Buffer.from(credentialId, 'base64url');
}
