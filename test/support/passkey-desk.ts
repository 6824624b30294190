import { SoftwareAuthenticator, type Flags } from '../../examples/support/software-authenticator.js';
import type { AccountEvent } from '../../src/accounts/account-event.js';
import { AccountEventLog } from '../../src/accounts/account-event-log.js';
import { AccountNews } from '../../src/accounts/account-news.js';
import { AddPasskeyService } from '../../src/accounts/add-passkey-service.js';
import { AssertionCheck } from '../../src/accounts/assertion-check.js';
import { ChallengeService } from '../../src/accounts/challenge-service.js';
import { ConfirmationService } from '../../src/accounts/confirmation-service.js';
import type { HardwareModels } from '../../src/accounts/hardware-models.js';
import { PasskeyService } from '../../src/accounts/passkey-service.js';
import type { RelyingParty } from '../../src/accounts/relying-party.js';
import { SignInService } from '../../src/accounts/sign-in-service.js';
import { SignUpService } from '../../src/accounts/sign-up-service.js';
import { systemRandom } from '../../src/lib/random.js';
import type { Result } from '../../src/lib/result.js';
import type { Letter } from '../../src/mail/letter.js';
import type { Mailer } from '../../src/mail/mailer.js';
import type { SecurityEvents } from '../../src/observability/events.js';
import { ApprovalService } from '../../src/stepup/approval-service.js';
import { manualClock } from './manual-clock.js';
import { MemoryAccounts } from './memory-accounts.js';
import { MemoryApprovals } from './memory-approvals.js';

export const relyingParty: RelyingParty = {
  id: 'id.example',
  name: 'Holdfast',
  origins: ['https://id.example'],
};

/** Seconds for which the desk holds a passkey that is added. */
export const deskHold = 86_400;

/** The passkey services over stores in memory, with an authenticator beside them. */
export class PasskeyDesk {
  readonly stores = new MemoryAccounts();
  readonly clock = manualClock();
  readonly told: { event: string; facts: Record<string, unknown> }[] = [];
  /** What the owners were told, in their history and by mail. */
  readonly news: AccountEvent[] = [];
  readonly letters: Letter[] = [];
  readonly challenges: ChallengeService;
  readonly signUp: SignUpService;
  readonly signIn: SignInService;
  readonly confirmation: ConfirmationService;
  readonly addPasskey: AddPasskeyService;
  readonly passkeys: PasskeyService;
  readonly approvals = new MemoryApprovals();
  readonly approval: ApprovalService;

  /** @param hardwareModels of the operator's metadata: whoever registers is asked for an attestation */
  constructor(hardwareModels?: HardwareModels) {
    const { stores, clock, told } = this;
    const events = new Proxy({} as SecurityEvents, {
      get: (_, event: string) => (facts: Record<string, unknown>) => void told.push({ event, facts }),
    });
    this.challenges = new ChallengeService({ challenges: stores.challenges, random: systemRandom, clock });
    const circumstances = () => ({ place: undefined, browser: undefined });
    const log = new AccountEventLog({
      accountEvents: {
        insert: async (event) => void this.news.push(event),
        listOf: async (accountId) => this.news.filter((event) => event.accountId === accountId).toReversed(),
      },
      circumstances,
      clock,
      random: systemRandom,
    });
    const mailer: Mailer = {
      available: true,
      send: async (letter) => void this.letters.push(letter as Letter),
    };
    const ceremony = {
      relyingParty,
      challenges: this.challenges,
      events,
      clock,
      random: systemRandom,
      accounts: stores.accounts,
      passkeys: stores.passkeys,
      recoveries: { listUndoable: async () => [] },
      transaction: stores.transaction,
      news: new AccountNews({ log, accounts: stores.accounts, mailer, circumstances }),
      hold: deskHold,
      hardwareModels,
    };
    const ports = { ...ceremony, assertions: new AssertionCheck(ceremony) };
    this.signUp = new SignUpService(ports);
    this.signIn = new SignInService(ports);
    this.confirmation = new ConfirmationService(ports);
    this.addPasskey = new AddPasskeyService({ ...ports, addedIn: async () => {} });
    this.passkeys = new PasskeyService({ ...ports, issuers: [] });
    this.approval = new ApprovalService({ ...ports, approvals: this.approvals });
  }

  /** What the history says of passkeys. */
  get passkeyNews(): string[] {
    return this.news.map(({ kind }) => kind).filter((kind) => kind.startsWith('passkey_'));
  }

  authenticator(flags: Partial<Flags> = {}): SoftwareAuthenticator {
    return new SoftwareAuthenticator('https://id.example', flags);
  }

  /** Signs somebody up with `authenticator`; fails unless it is accepted. */
  async register(authenticator: SoftwareAuthenticator, email?: string) {
    const options = await this.signUp.begin('sign-up', { displayName: 'Ada', email });
    return valueOf(await this.signUp.finish('sign-up', authenticator.register(options)));
  }
}

export function valueOf<Value>(result: Result<Value>): Value {
  if (result.ok) return result.value;
  throw new Error(`refused: ${result.refusal.code}: ${result.refusal.detail}`);
}

/** Code and detail of a refusal; `accepted` when it was none. */
export function refusalOf(result: Result<unknown>): string {
  return result.ok ? 'accepted' : `${result.refusal.code}: ${result.refusal.detail}`;
}
