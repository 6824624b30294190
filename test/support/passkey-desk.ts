import { SoftwareAuthenticator, type Flags } from '../../examples/support/software-authenticator.js';
import { ChallengeService } from '../../src/accounts/challenge-service.js';
import type { RelyingParty } from '../../src/accounts/relying-party.js';
import { SignInService, type SignInPorts } from '../../src/accounts/sign-in-service.js';
import { SignUpService, type SignUpPorts } from '../../src/accounts/sign-up-service.js';
import { systemRandom } from '../../src/lib/random.js';
import type { Result } from '../../src/lib/result.js';
import { manualClock } from './manual-clock.js';
import { MemoryAccounts } from './memory-accounts.js';

export const relyingParty: RelyingParty = {
  id: 'id.example',
  name: 'Holdfast',
  origins: ['https://id.example'],
};

/** The passkey services over stores in memory, with an authenticator beside them. */
export class PasskeyDesk {
  readonly stores = new MemoryAccounts();
  readonly clock = manualClock();
  readonly told: { event: string; facts: Record<string, unknown> }[] = [];
  readonly challenges: ChallengeService;
  readonly signUp: SignUpService;
  readonly signIn: SignInService;

  constructor() {
    const { stores, clock } = this;
    const tell = (event: string) => (facts: Record<string, unknown>) => void this.told.push({ event, facts });
    const events: SignUpPorts['events'] & SignInPorts['events'] = {
      passkeyRegistered: tell('passkeyRegistered'),
      signedUp: tell('signedUp'),
      signedIn: tell('signedIn'),
      passkeyRejected: tell('passkeyRejected'),
      signCountRegressed: tell('signCountRegressed'),
    };
    this.challenges = new ChallengeService({ challenges: stores.challenges, random: systemRandom, clock });
    const ports = {
      relyingParty,
      challenges: this.challenges,
      events,
      clock,
      random: systemRandom,
    };
    this.signUp = new SignUpService({
      ...ports,
      accounts: stores.accounts,
      passkeys: stores.passkeys,
      transaction: stores.transaction,
    });
    this.signIn = new SignInService({ ...ports, accounts: stores.accounts, passkeys: stores.passkeys });
  }

  authenticator(flags: Partial<Flags> = {}): SoftwareAuthenticator {
    return new SoftwareAuthenticator('https://id.example', flags);
  }

  /** Signs somebody up with `authenticator`; fails unless it is accepted. */
  async register(authenticator: SoftwareAuthenticator, login?: string) {
    const options = await this.signUp.begin('sign-up', { displayName: 'Ada', login });
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
