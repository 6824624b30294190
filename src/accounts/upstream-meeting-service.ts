import type { UpstreamProviderConfig } from '../config/schema.js';
import { accepted, refused, type Result } from '../lib/result.js';
import type { AccountStore } from './account-store.js';
import type { Account } from './account.js';
import type { UpstreamIdentityStore } from './upstream-identity-store.js';
import type { UpstreamLoginBox } from './upstream-login-box.js';
import { digestOf } from './upstream-login-service.js';
import type { UpstreamArrival } from './upstream-login.js';
import type { UpstreamPerson } from './upstream-person.js';

/** What the browser shows to go on after the provider. */
export interface UpstreamTicket {
  readonly ticket: string;
  readonly interaction: string;
  readonly browserSecret: string;
}

/** Who came from which provider, and what can be done about it. */
export type UpstreamMeeting = {
  readonly provider: UpstreamProviderConfig;
  readonly person: UpstreamPerson;
} & (
  | { readonly kind: 'known'; readonly account: Account }
  /** Nobody has the address: an account can be made. */
  | { readonly kind: 'new'; readonly email: string }
  /** An account has the address: its owner can connect the two, nobody else. */
  | { readonly kind: 'taken'; readonly email: string; readonly owner: Account }
);

export interface UpstreamMeetingPorts {
  readonly providers: readonly UpstreamProviderConfig[];
  readonly box: UpstreamLoginBox;
  readonly identities: UpstreamIdentityStore;
  readonly accounts: AccountStore;
}

/** Finds out whom a ticket stands for and whether we know her. Decision 0013: that alone never links anything. */
export class UpstreamMeetingService {
  readonly #ports: UpstreamMeetingPorts;

  constructor(ports: UpstreamMeetingPorts) {
    this.#ports = ports;
  }

  async look(ticket: UpstreamTicket): Promise<Result<UpstreamMeeting>> {
    return await this.#judge(await this.#ports.box.look(ticket.ticket, 'arrival'), ticket);
  }

  /** As `look`, and once. */
  async take(ticket: UpstreamTicket): Promise<Result<UpstreamMeeting>> {
    return await this.#judge(await this.#ports.box.take(ticket.ticket, 'arrival'), ticket);
  }

  async #judge(
    arrival: UpstreamArrival | undefined,
    ticket: UpstreamTicket,
  ): Promise<Result<UpstreamMeeting>> {
    const placed = checkPlace(arrival, ticket);
    if (!placed.ok) return placed;
    const { person, providerId, refusal } = placed.value;
    if (refusal) return { ok: false, refusal };
    const provider = this.#ports.providers.find(({ id }) => id === providerId);
    if (!provider) return refused('upstream_spent', 'the upstream provider was taken out meanwhile');
    return await this.#recognize(person, provider);
  }

  async #recognize(
    person: UpstreamPerson,
    provider: UpstreamProviderConfig,
  ): Promise<Result<UpstreamMeeting>> {
    const { accounts, identities } = this.#ports;
    const known = await identities.find(person);
    if (known) {
      const account = await accounts.find(known.accountId);
      if (!account) return refused('account_disabled', `account ${known.accountId} is gone`);
      return accepted({ kind: 'known', provider, person, account });
    }
    // Without the provider's word for it an address proves nothing: anybody can type his victim's there.
    const { email } = person;
    if (email === undefined)
      return refused('upstream_email_unverified', 'there is no verified e-mail address');
    const owner = await accounts.findByEmail(email);
    return accepted(
      owner ? { kind: 'taken', provider, person, email, owner } : { kind: 'new', provider, person, email },
    );
  }
}

/** A ticket is for the interaction and the browser that it was made in. */
function checkPlace(
  arrival: UpstreamArrival | undefined,
  { interaction, browserSecret }: UpstreamTicket,
): Result<UpstreamArrival> {
  if (!arrival) return refused('upstream_spent', 'the ticket is unknown, used or expired');
  if (arrival.interaction !== interaction) {
    return refused('upstream_spent', 'the ticket is of another interaction');
  }
  if (arrival.browser !== digestOf(browserSecret)) {
    return refused('upstream_spent', 'the ticket came to another browser');
  }
  return accepted(arrival);
}
