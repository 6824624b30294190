import type { UpstreamProviderConfig } from '../config/schema.js';
import { type Clock, epochSeconds } from '../lib/clock.js';
import type { Random } from '../lib/random.js';
import { RefusalError, refuse } from '../lib/refusal.js';
import { accepted, refused, type Result } from '../lib/result.js';
import type { Transaction } from '../lib/transaction.js';
import type { SecurityEvents } from '../observability/events.js';
import type { AccountNews } from './account-news.js';
import { newAccountId } from './account-id.js';
import type { AccountStore } from './account-store.js';
import { type Account, newAccount } from './account.js';
import type { Authentication } from './authentication.js';
import { newUpstreamIdentity } from './new-upstream-identity.js';
import type { UpstreamIdentityStore } from './upstream-identity-store.js';
import type { UpstreamMeetingService, UpstreamTicket } from './upstream-meeting-service.js';
import type { UpstreamPerson } from './upstream-person.js';
import { displayNameOf, upstreamAuthentication } from './upstream-person-policy.js';
import { orRefusal } from './refused-transaction.js';

export interface UpstreamSignInPorts {
  readonly meetings: Pick<UpstreamMeetingService, 'look' | 'take'>;
  readonly identities: UpstreamIdentityStore;
  readonly accounts: AccountStore;
  readonly transaction: Transaction;
  readonly news: Pick<AccountNews, 'tell'>;
  readonly events: Pick<SecurityEvents, 'signedIn' | 'signedUp' | 'identityLinked'>;
  readonly clock: Clock;
  readonly random: Random;
}

/** Signs in who is known by an identity elsewhere, and makes an account for who is new and agrees to it. */
export class UpstreamSignInService {
  readonly #ports: UpstreamSignInPorts;

  constructor(ports: UpstreamSignInPorts) {
    this.#ports = ports;
  }

  /** Uses the ticket up. */
  async signIn(ticket: UpstreamTicket): Promise<Result<Authentication>> {
    const { clock, events, identities, meetings } = this.#ports;
    const met = await meetings.take(ticket);
    if (!met.ok) return met;
    if (met.value.kind !== 'known') return refused('upstream_changed', 'the identity is no longer linked');
    const { account, person, provider } = met.value;
    if (account.disabledAt) return refused('account_disabled', `account ${account.id} is disabled`);
    await identities.recordUse(person, new Date(clock.now()));
    const authentication = upstreamAuthentication(account, person, provider, epochSeconds(clock));
    events.signedIn({ accountId: account.id, acr: authentication.acr });
    return accepted(authentication);
  }

  /** Uses the ticket up, or changes nothing. `upstream_changed` when she is no longer new. */
  async create(ticket: UpstreamTicket, locale: string): Promise<Result<Authentication>> {
    const { clock, events, meetings, random, transaction } = this.#ports;
    const made = await orRefusal(() =>
      transaction.run(async () => {
        const met = await meetings.take(ticket);
        if (!met.ok) throw new RefusalError(met.refusal);
        if (met.value.kind !== 'new') throw refuse('upstream_changed', 'she has an account by now');
        const { email, person, provider } = met.value;
        const blank = newAccount(newAccountId(random), new Date(clock.now()));
        const account = { ...blank, displayName: displayNameOf(person), email, locale };
        await this.#insert(account, person, provider);
        const authentication = upstreamAuthentication(account, person, provider, epochSeconds(clock));
        return { authentication, issuer: person.issuer };
      }),
    );
    if (!made.ok) return made;
    const { authentication, issuer } = made.value;
    const { accountId } = authentication;
    events.signedUp({ accountId });
    events.identityLinked({ accountId, issuer });
    return accepted(authentication);
  }

  async #insert(account: Account, person: UpstreamPerson, provider: UpstreamProviderConfig): Promise<void> {
    const { accounts, identities, news, random } = this.#ports;
    if ((await accounts.insert(account)) !== 'inserted') {
      throw refuse('upstream_changed', 'the address came to an account meanwhile');
    }
    const { id: accountId, createdAt: linkedAt } = account;
    const identity = newUpstreamIdentity(random, { accountId, person, provider, linkedAt });
    if (!(await identities.link(identity))) {
      throw refuse('upstream_changed', 'the identity came to an account meanwhile');
    }
    const detail = { provider: provider.name };
    await news.tell(accountId, { kind: 'signed_up', detail });
    await news.tell(accountId, {
      kind: 'identity_linked',
      detail,
      letter: { kind: 'identity_linked', values: detail },
    });
  }
}
