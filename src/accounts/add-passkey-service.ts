import {
  generateRegistrationOptions,
  type PublicKeyCredentialCreationOptionsJSON,
} from '@simplewebauthn/server';
import { type Clock, epochSeconds } from '../lib/clock.js';
import { accepted, refused, type Result } from '../lib/result.js';
import type { Transaction } from '../lib/transaction.js';
import type { SecurityEvents } from '../observability/events.js';
import { userHandleOf } from './account-id.js';
import type { AccountNews } from './account-news.js';
import type { AccountStore } from './account-store.js';
import type { Account, AccountId } from './account.js';
import { challengeLife, type ChallengeService } from './challenge-service.js';
import type { StoredChallenge } from './challenge-store.js';
import { type Confirmation, confirms } from './confirmation.js';
import type { HardwareModels } from './hardware-models.js';
import { newPasskey } from './new-passkey.js';
import { passkeyUserName } from './passkey-signals.js';
import type { PasskeyStore } from './passkey-store.js';
import type { Passkey, PasskeyOrigin } from './passkey.js';
import { type CheckedRegistration, checkRegistration } from './registration-check.js';
import type { RelyingParty } from './relying-party.js';
import { offeredAlgorithms } from './webauthn-policy.js';

export interface AddPasskeyPorts {
  readonly relyingParty: RelyingParty;
  readonly challenges: ChallengeService;
  readonly accounts: AccountStore;
  readonly passkeys: PasskeyStore;
  readonly transaction: Transaction;
  readonly news: AccountNews;
  readonly events: Pick<SecurityEvents, 'passkeyAdded' | 'passkeyRejected' | 'attestationUntrusted'>;
  readonly clock: Clock;
  /** `accounts.new_passkey_hold`: seconds. */
  readonly hold: number;
  readonly hardwareModels: HardwareModels | undefined;
  /** Its device is the session's: what is cut off as not hers takes it along. */
  readonly addedIn: (passkey: Passkey, sessionUid: string) => Promise<void>;
}

/** Why a passkey may join an account that is there already. */
export type AddReason =
  | { readonly kind: 'confirmed'; readonly confirmation: Confirmation }
  /** Within a recovery: held as long as what the recovery holds back. */
  | { readonly kind: 'recovery'; readonly heldUntil: Date }
  /** The account has none. `authTime`: when she signed in, in seconds since the epoch. */
  | { readonly kind: 'first'; readonly authTime: number };

/** Whose passkey it becomes, and in which session. */
export interface AddPlace {
  readonly accountId: AccountId;
  readonly sessionUid: string;
}

/** Chromium refuses `excludeCredentials` and `allowCredentials` beyond 64 entries. */
const mostPasskeys = 20;

/** Seconds for which a sign-in lets an account without passkeys add its first one. */
export const freshSignIn = 300;

/** Adds a passkey to an account that is there already; until its hold is over it can't step up. */
export class AddPasskeyService {
  readonly #ports: AddPasskeyPorts;

  constructor(ports: AddPasskeyPorts) {
    this.#ports = ports;
  }

  /** What the browser is to ask the authenticator for. The challenge remembers why it was made. */
  async begin(place: AddPlace, reason: AddReason): Promise<Result<PublicKeyCredentialCreationOptionsJSON>> {
    const { accounts, challenges, hardwareModels, passkeys, relyingParty } = this.#ports;
    const { accountId, sessionUid } = place;
    const account = await accounts.find(accountId);
    if (!account || account.disabledAt)
      return refused('account_disabled', `account ${accountId} is disabled`);
    const existing = await passkeys.listOf(accountId);
    if (existing.length >= mostPasskeys) return refused('passkeys_full', `there are ${existing.length}`);
    const permitted = this.#check(place, reason, existing);
    if (!permitted.ok) return permitted;
    const challenge = await challenges.issue({
      purpose: 'add_passkey',
      boundTo: sessionUid,
      accountId,
      facts: { made_by: reason.kind, held_until: this.#heldUntil(reason, account).getTime() },
    });
    const options = await generateRegistrationOptions({
      rpName: relyingParty.name,
      rpID: relyingParty.id,
      userID: Uint8Array.from(userHandleOf(accountId)),
      userName: passkeyUserName(account),
      userDisplayName: account.displayName,
      challenge,
      timeout: challengeLife,
      attestationType: hardwareModels ? 'direct' : 'none',
      authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
      supportedAlgorithmIDs: offeredAlgorithms,
      excludeCredentials: existing.map(({ credentialId, transports }) => ({
        id: credentialId.toString('base64url'),
        transports: [...transports],
      })),
    });
    return accepted(options);
  }

  /**
   * Verifies what the authenticator made, and adds it.
   * @param unnamed what it is called where its authenticator has no name
   */
  async finish(place: AddPlace, response: unknown, unnamed?: string): Promise<Result<Passkey>> {
    const result = await this.#finish(place, response, unnamed);
    const { events } = this.#ports;
    if (!result.ok) {
      events.passkeyRejected({ detail: `add passkey: ${result.refusal.detail ?? result.refusal.code}` });
    }
    return result;
  }

  async #finish(
    { accountId, sessionUid }: AddPlace,
    input: unknown,
    unnamed: string | undefined,
  ): Promise<Result<Passkey>> {
    const expected = { purpose: 'add_passkey', boundTo: sessionUid } as const;
    const checked = await checkRegistration(input, expected, this.#ports);
    if (!checked.ok) return checked;
    const { challenge, passkey } = checked.value;
    if (challenge.accountId !== accountId) {
      return refused('challenge_spent', 'the challenge was made for another account');
    }
    return await this.#add(accountId, passkey, { ...factsOf(challenge), unnamed, sessionUid });
  }

  /** Threat 18: a session alone adds nothing to an account that has a passkey. */
  #check(place: AddPlace, reason: AddReason, existing: readonly Passkey[]): Result<AddReason> {
    const { clock } = this.#ports;
    if (reason.kind === 'confirmed') {
      const { accountId } = place;
      if (confirms(reason.confirmation, { accountId, action: 'add_passkey', target: '' }))
        return accepted(reason);
      throw new Error('a passkey is to be added by the confirmation of something else');
    }
    if (reason.kind === 'recovery') return accepted(reason);
    if (existing.length > 0) return refused('confirmation_needed', 'the account has a passkey already');
    // NIST SP 800-63B-4 §4.1.2.1: binding an authenticator needs a recent authentication of its own strength.
    const age = epochSeconds(clock) - reason.authTime;
    if (age > freshSignIn) return refused('sign_in_too_old', `the sign-in was ${age} seconds ago`);
    return accepted(reason);
  }

  #heldUntil(reason: AddReason, { paidTiersHeldUntil }: Account): Date {
    const { clock, hold } = this.#ports;
    if (reason.kind === 'recovery') return reason.heldUntil;
    // Threat 17: whoever came back by recovery gains nothing by adding her passkey a little later.
    const recovered = reason.kind === 'first' ? (paidTiersHeldUntil?.getTime() ?? 0) : 0;
    return new Date(Math.max(clock.now() + hold * 1000, recovered));
  }

  async #add(
    accountId: AccountId,
    registered: CheckedRegistration['passkey'],
    {
      madeBy,
      heldUntil,
      unnamed,
      sessionUid,
    }: Facts & { readonly unnamed: string | undefined; readonly sessionUid: string },
  ): Promise<Result<Passkey>> {
    const { clock, events, news, passkeys, transaction } = this.#ports;
    const createdAt = new Date(clock.now());
    const otherNames = (await passkeys.listOf(accountId)).map(({ name }) => name);
    const row = newPasskey(registered, {
      accountId,
      madeBy,
      createdAt,
      stepUpFrom: heldUntil,
      otherNames,
      unnamed,
    });
    return await transaction.run(async () => {
      const outcome = madeBy === 'first' ? await passkeys.insertFirst(row) : await passkeys.insert(row);
      if (outcome === 'not_first') return refused('confirmation_needed', 'the account has a passkey by now');
      // WebAuthn L3 §7.1 step 26: a credential id that anybody has registered already is refused.
      if (outcome === 'duplicate') {
        return refused('passkey_rejected', 'the credential id is registered already');
      }
      await this.#ports.addedIn(row, sessionUid);
      const stepUpFrom = Math.floor(heldUntil.getTime() / 1000);
      await news.tell(accountId, {
        kind: 'passkey_added',
        detail: { passkey: row.name },
        letter: { kind: 'passkey_added', values: { passkey: row.name, stepUpFrom } },
      });
      events.passkeyAdded({ accountId, madeBy, heldUntil });
      return accepted(row);
    });
  }
}

/** What its challenge remembers. */
interface Facts {
  readonly madeBy: PasskeyOrigin;
  readonly heldUntil: Date;
}

function factsOf({ facts }: StoredChallenge): Facts {
  return { madeBy: facts['made_by'] as PasskeyOrigin, heldUntil: new Date(Number(facts['held_until'])) };
}
