import type { Clock } from '../lib/clock.js';
import { accepted, refused, type Result } from '../lib/result.js';
import type { SecurityEvents } from '../observability/events.js';
import type { AccountNews } from './account-news.js';
import type { AccountStore } from './account-store.js';
import type { AccountId } from './account.js';
import type { Authentication } from './authentication.js';
import type { ChallengeService } from './challenge-service.js';
import type { ChallengePurpose, StoredChallenge } from './challenge-store.js';
import { decoyPasskey } from './decoy-passkey.js';
import { type AssertionResponse, readAssertionResponse } from './passkey-response.js';
import type { PasskeyStore } from './passkey-store.js';
import { type VerifiedAssertion, verifyAssertion } from './passkey-verification.js';
import type { Passkey } from './passkey.js';
import type { RelyingParty } from './relying-party.js';
import {
  checkBackupEligibility,
  checkNotFramed,
  checkUserHandle,
  readClientData,
  signCountRegressed,
} from './webauthn-policy.js';

export interface AssertionPorts {
  readonly relyingParty: RelyingParty;
  readonly challenges: ChallengeService;
  readonly accounts: AccountStore;
  readonly passkeys: PasskeyStore;
  readonly news: AccountNews;
  readonly events: Pick<SecurityEvents, 'signCountRegressed' | 'passkeyBackupChanged'>;
  readonly clock: Clock;
}

/** What the ceremony was begun for. */
export interface ExpectedCeremony {
  readonly purpose: ChallengePurpose;
  readonly boundTo: string;
  /** The account that was known before the ceremony; unset: the passkey says who it is. */
  readonly owner?: AccountId;
  /** What else the challenge must have been made for. */
  readonly holds?: (challenge: StoredChallenge) => Result<unknown>;
  /** What else must be true of the passkey; nothing is recorded of one that it refuses. */
  readonly permits?: (passkey: Passkey) => Result<unknown>;
}

export type CheckedPasskey = Passkey & Pick<Authentication, 'accountGeneration'>;

/** Verifies an assertion (WebAuthn L3 §7.2), whatever it is for. Nothing is written before every check has passed. */
export class AssertionCheck {
  readonly #ports: AssertionPorts;
  readonly #decoy = decoyPasskey();

  constructor(ports: AssertionPorts) {
    this.#ports = ports;
  }

  /** The passkey as it was before this use of it. */
  async check(input: unknown, expected: ExpectedCeremony): Promise<Result<CheckedPasskey>> {
    const { accounts, passkeys } = this.#ports;
    const response = readAssertionResponse(input);
    if (!response.ok) return response;
    const spent = await this.#spendChallenge(response.value, expected);
    if (!spent.ok) return spent;
    const known = await passkeys.find(Buffer.from(response.value.id, 'base64url'));
    const passkey = known ?? this.#decoy;
    const account = await accounts.find(passkey.accountId);
    const verified = await this.#verify(response.value, passkey, spent.value, expected.owner);
    if (!known) return refused('passkey_unknown', 'the credential id is not registered here');
    if (!verified.ok) return verified;
    // Only whoever holds its key gets here, so that this tells a stranger nothing (law 6).
    if (known.removedAt) return refused('passkey_removed', 'the passkey was removed from its account');
    if (!account) return refused('passkey_unknown', 'the account of this passkey is gone');
    if (account.disabledAt) return refused('account_disabled', `account ${account.id} is disabled`);
    const recorded = await this.#record(known, verified.value, expected);
    if (!recorded.ok) return recorded;
    return accepted({ ...recorded.value, accountGeneration: account.generation });
  }

  /** Returns the challenge, which from now on nobody else can use. */
  async #spendChallenge(response: AssertionResponse, expected: ExpectedCeremony): Promise<Result<string>> {
    const clientData = readClientData(response.response.clientDataJSON);
    if (!clientData.ok) return clientData;
    const { challenge } = clientData.value;
    const taken = await this.#ports.challenges.take(challenge, expected);
    if (!taken.ok) return taken;
    const held = expected.holds?.(taken.value) ?? accepted(undefined);
    if (!held.ok) return held;
    const notFramed = checkNotFramed(clientData.value);
    return notFramed.ok ? accepted(challenge) : notFramed;
  }

  async #verify(
    response: AssertionResponse,
    passkey: Passkey,
    challenge: string,
    owner: AccountId | undefined,
  ): Promise<Result<VerifiedAssertion>> {
    const { relyingParty } = this.#ports;
    const verified = await verifyAssertion(response, passkey, { challenge, relyingParty });
    if (!verified.ok) return verified;
    const owned = checkUserHandle(response, passkey.accountId, owner);
    if (!owned.ok) return owned;
    const eligibility = checkBackupEligibility(passkey, verified.value.backupEligible);
    if (!eligibility.ok) return eligibility;
    return verified;
  }

  async #record(
    passkey: Passkey,
    { signCount, backedUp }: VerifiedAssertion,
    { permits }: ExpectedCeremony,
  ): Promise<Result<Passkey>> {
    const { clock, events, news, passkeys } = this.#ports;
    const { accountId, signCount: stored, credentialId, name } = passkey;
    const permitted = permits?.(passkey) ?? accepted(passkey);
    // A copied key is worth knowing of wherever it shows up, also where it could do nothing.
    if (!permitted.ok && !signCountRegressed(stored, signCount)) return permitted;
    const use = { signCount, backedUp, at: new Date(clock.now()) };
    // WebAuthn L3 §7.2 step 22: a count that does not grow may mean a copied key; it gets nothing from us.
    if ((await passkeys.recordUse(credentialId, use)) === 'regressed') {
      events.signCountRegressed({ accountId, stored, presented: signCount });
      await news.tell(accountId, { kind: 'passkey_counter_regressed', detail: { passkey: name } });
      return refused('passkey_rejected', `the sign count went from ${stored} to ${signCount}`);
    }
    // WebAuthn L3 §7.2 step 19: BS may change; whoever watches wants to know that a key left its device.
    if (passkey.backedUp !== backedUp) {
      events.passkeyBackupChanged({ accountId, backedUp });
      await news.tell(accountId, { kind: 'passkey_backup_changed', detail: { passkey: name, backedUp } });
    }
    return accepted(passkey);
  }
}
