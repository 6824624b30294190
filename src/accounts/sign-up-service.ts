import {
  generateRegistrationOptions,
  type PublicKeyCredentialCreationOptionsJSON,
} from '@simplewebauthn/server';
import type { Clock } from '../lib/clock.js';
import type { Random } from '../lib/random.js';
import { refuse } from '../lib/refusal.js';
import { accepted, type Result } from '../lib/result.js';
import type { Transaction } from '../lib/transaction.js';
import type { SecurityEvents } from '../observability/events.js';
import { newAccountId, userHandleOf } from './account-id.js';
import type { AccountNews } from './account-news.js';
import type { AccountStore } from './account-store.js';
import { type Account, type AccountId, newAccount } from './account.js';
import type { Authentication } from './authentication.js';
import { challengeLife, type ChallengeService } from './challenge-service.js';
import type { HardwareModels } from './hardware-models.js';
import { newPasskey } from './new-passkey.js';
import { strengthOf } from './passkey-policy.js';
import type { PasskeyStore } from './passkey-store.js';
import { type Profile, readProfile } from './profile.js';
import { orRefusal } from './refused-transaction.js';
import { type CheckedRegistration, checkRegistration } from './registration-check.js';
import type { RelyingParty } from './relying-party.js';
import { offeredAlgorithms } from './webauthn-policy.js';

export interface SignUpPorts {
  readonly relyingParty: RelyingParty;
  readonly challenges: ChallengeService;
  readonly accounts: AccountStore;
  readonly passkeys: PasskeyStore;
  readonly transaction: Transaction;
  readonly news: AccountNews;
  readonly events: Pick<
    SecurityEvents,
    'signedUp' | 'passkeyRegistered' | 'passkeyRejected' | 'attestationUntrusted'
  >;
  readonly clock: Clock;
  readonly random: Random;
  readonly hardwareModels: HardwareModels | undefined;
}

/** The language that she signs up in. */
export interface SignUpLanguage {
  readonly locale?: string | undefined;
  /** What her passkey is called where its authenticator has no name. */
  readonly unnamedPasskey?: string | undefined;
}

/** Makes an account together with its first passkey. */
export class SignUpService {
  readonly #ports: SignUpPorts;

  constructor(ports: SignUpPorts) {
    this.#ports = ports;
  }

  /** What the browser is to ask the authenticator for. The account exists only when `finish` accepts. */
  async begin(interactionUid: string, profile: Profile): Promise<PublicKeyCredentialCreationOptionsJSON> {
    const { challenges, hardwareModels, random, relyingParty } = this.#ports;
    const accountId = newAccountId(random);
    const challenge = await challenges.issue({
      purpose: 'sign_up',
      boundTo: interactionUid,
      accountId,
      facts: { display_name: profile.displayName, email: profile.email ?? null },
    });
    return await generateRegistrationOptions({
      rpName: relyingParty.name,
      rpID: relyingParty.id,
      userID: Uint8Array.from(userHandleOf(accountId)),
      userName: profile.email ?? profile.displayName,
      userDisplayName: profile.displayName,
      challenge,
      timeout: challengeLife,
      attestationType: hardwareModels ? 'direct' : 'none',
      authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
      supportedAlgorithmIDs: offeredAlgorithms,
    });
  }

  /** Verifies what the authenticator made (WebAuthn L3 §7.1), and only then inserts account and passkey, both or none. */
  async finish(
    interactionUid: string,
    response: unknown,
    language: SignUpLanguage = {},
  ): Promise<Result<Authentication>> {
    const result = await this.#finish(interactionUid, response, language);
    const { events } = this.#ports;
    if (result.ok) events.signedUp({ accountId: result.value.accountId });
    else events.passkeyRejected({ detail: `sign-up: ${result.refusal.detail ?? result.refusal.code}` });
    return result;
  }

  async #finish(
    interactionUid: string,
    input: unknown,
    { locale, unnamedPasskey: unnamed }: SignUpLanguage,
  ): Promise<Result<Authentication>> {
    const expected = { purpose: 'sign_up', boundTo: interactionUid } as const;
    const checked = await checkRegistration(input, expected, this.#ports);
    if (!checked.ok) return checked;
    const { accountId, facts } = checked.value.challenge;
    const profile = readProfile({ displayName: facts['display_name'], email: facts['email'] });
    if (!accountId || !profile.ok) throw new Error('a sign-up challenge was stored without its account');
    return await this.#create(accountId, { ...profile.value, locale }, { ...checked.value.passkey, unnamed });
  }

  async #create(
    accountId: AccountId,
    profile: Profile & Pick<Account, 'locale'>,
    { unnamed, ...passkey }: CheckedRegistration['passkey'] & { readonly unnamed: string | undefined },
  ): Promise<Result<Authentication>> {
    const { clock, events, hardwareModels, passkeys, transaction } = this.#ports;
    const createdAt = new Date(clock.now());
    const account = { ...newAccount(accountId, createdAt), ...profile };
    const facts = { accountId, madeBy: 'sign_up', createdAt, stepUpFrom: undefined, unnamed } as const;
    const row = newPasskey(passkey, facts);
    const made = await orRefusal(() =>
      transaction.run(async () => {
        await this.#insertAccount(account);
        // WebAuthn L3 §7.1 step 26: a credential id that anybody has registered already is refused.
        if ((await passkeys.insert(row)) === 'duplicate') {
          throw refuse('passkey_rejected', 'the credential id is registered already');
        }
        await this.#ports.news.tell(accountId, { kind: 'signed_up' });
      }),
    );
    if (!made.ok) return made;
    events.passkeyRegistered({ accountId, backupEligible: passkey.backupEligible, aaguid: passkey.aaguid });
    const authTime = Math.floor(createdAt.getTime() / 1000);
    const accountGeneration = account.generation;
    const strength = strengthOf(row, createdAt.getTime(), hardwareModels);
    return accepted({ accountId, accountGeneration, ...strength, authTime });
  }

  /** She proved the address, so she may be told that it was taken meanwhile: by another sign-up of hers. */
  async #insertAccount(account: Account): Promise<void> {
    if ((await this.#ports.accounts.insert(account)) === 'inserted') return;
    throw refuse('email_taken', 'another sign-up took the address meanwhile');
  }
}
