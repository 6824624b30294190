import type { Clock } from '../lib/clock.js';
import type { Random } from '../lib/random.js';
import { accepted, refused, type Result } from '../lib/result.js';
import type { SecurityEvents } from '../observability/events.js';
import type { AccountEventLog } from './account-event-log.js';
import { newAccountId } from './account-id.js';
import type { AccountStore } from './account-store.js';
import { type Account, newAccount } from './account.js';
import { newUpstreamIdentity } from './new-upstream-identity.js';
import type { SubjectToken } from './subject-token.js';
import type { UpstreamIdentityStore } from './upstream-identity-store.js';
import { displayNameOf } from './upstream-person-policy.js';

export interface ExchangeAccountPorts {
  readonly accounts: AccountStore;
  readonly identities: UpstreamIdentityStore;
  readonly log: AccountEventLog;
  readonly events: Pick<SecurityEvents, 'signedUp' | 'identityLinked'>;
  readonly clock: Clock;
  readonly random: Random;
}

/** The identity came to an account at this very moment, by another way: the work is begun anew. */
export class IdentityTaken extends Error {}

/** Whose account a trusted issuer's token means: by issuer and subject, and by nothing else (decision 0038). */
export class ExchangeAccountService {
  readonly #ports: ExchangeAccountPorts;

  constructor(ports: ExchangeAccountPorts) {
    this.#ports = ports;
  }

  /** In the transaction of the exchange. Throws IdentityTaken, which the caller answers by beginning again. */
  async find(token: SubjectToken, make: boolean): Promise<Result<Account>> {
    const { accounts, identities, clock } = this.#ports;
    const known = await identities.find(token.person);
    if (!known) {
      if (make) return accepted(await this.#make(token));
      return refused('subject_unknown', `accounts of ${token.issuerName} are imported_only`);
    }
    const account = await accounts.find(known.accountId);
    if (!account || account.disabledAt) return refused('subject_disabled', `account ${known.accountId}`);
    await identities.recordUse(token.person, new Date(clock.now()));
    return accepted(account);
  }

  /** OIDC Core §5.7: an address names nobody, so one that an account has already is left to that account. */
  async #make({ person, issuer, issuerName }: SubjectToken): Promise<Account> {
    const { accounts, identities, log, events, clock, random } = this.#ports;
    const blank = newAccount(newAccountId(random), new Date(clock.now()));
    const account = { ...blank, displayName: displayNameOf(person), email: person.email };
    const taken = (await accounts.insert(account)) !== 'inserted';
    const made = taken ? { ...account, email: undefined } : account;
    if (taken && (await accounts.insert(made)) !== 'inserted')
      throw new Error('an account without names was refused');
    const { id: accountId, createdAt: linkedAt } = made;
    const provider = { name: issuerName };
    if (!(await identities.link(newUpstreamIdentity(random, { accountId, person, provider, linkedAt })))) {
      throw new IdentityTaken();
    }
    await log.record(accountId, 'signed_up', { provider: issuerName });
    await log.record(accountId, 'identity_linked', { provider: issuerName });
    events.signedUp({ accountId });
    events.identityLinked({ accountId, issuer });
    return made;
  }
}
