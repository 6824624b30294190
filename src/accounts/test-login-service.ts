import { epochSeconds, type Clock } from '../lib/clock.js';
import { harmless } from '../lib/harmless.js';
import type { Random } from '../lib/random.js';
import { accepted, refused, type Result } from '../lib/result.js';
import { newAccountId } from './account-id.js';
import type { AccountStore } from './account-store.js';
import { type Account, newAccount } from './account.js';
import { type Authentication, isAcr, weakestAcr } from './authentication.js';

export interface TestLoginPorts {
  /** `dangerously_allow_test_login`; the config refuses it outside loopback and .test hosts and in production. */
  readonly allowed: boolean;
  readonly accounts: AccountStore;
  readonly clock: Clock;
  readonly random: Random;
}

/** Signs anybody in as anybody, for black-box tests. Its `amr` says so. */
export class TestLoginService {
  readonly #ports: TestLoginPorts;

  constructor(ports: TestLoginPorts) {
    this.#ports = ports;
  }

  get allowed(): boolean {
    return this.#ports.allowed;
  }

  /**
   * @param login made an account of when nobody has it
   * @param acr a rung of the ladder; empty: the weakest
   */
  async signIn(login: string, acr: string): Promise<Result<Authentication>> {
    const { allowed, clock } = this.#ports;
    if (!allowed) return refused('test_login_refused', 'dangerously_allow_test_login is off');
    const name = login.trim().toLowerCase();
    if (name === '' || name.length > 254) return refused('test_login_refused', 'login is empty or too long');
    if (/\p{Cc}/u.test(name)) return refused('test_login_refused', 'login holds control characters');
    const rung = acr === '' ? weakestAcr : acr;
    if (!isAcr(rung)) return refused('test_login_refused', `acr ${harmless(acr)} is not on the ladder`);
    const account = await this.#findOrCreate(name);
    if (account.disabledAt) return refused('account_disabled', `account ${account.id} is disabled`);
    const { id: accountId, generation: accountGeneration } = account;
    const authTime = epochSeconds(clock);
    return accepted({ accountId, accountGeneration, acr: rung, amr: ['test'], authTime });
  }

  async #findOrCreate(login: string): Promise<Account> {
    const { accounts, clock, random } = this.#ports;
    const existing = await accounts.findByLogin(login);
    if (existing) return existing;
    const createdAt = new Date(clock.now());
    const account = { ...newAccount(newAccountId(random), createdAt), displayName: login, login };
    if ((await accounts.insert(account)) === 'inserted') return account;
    // Somebody else made it meanwhile.
    const made = await accounts.findByLogin(login);
    if (!made) throw new Error('a login is taken, but nobody has it');
    return made;
  }
}
