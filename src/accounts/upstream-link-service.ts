import type { PublicKeyCredentialRequestOptionsJSON } from '@simplewebauthn/server';
import { type Clock, epochSeconds } from '../lib/clock.js';
import type { Random } from '../lib/random.js';
import { RefusalError, refuse } from '../lib/refusal.js';
import { accepted, refused, type Result } from '../lib/result.js';
import type { Transaction } from '../lib/transaction.js';
import type { SecurityEvents } from '../observability/events.js';
import type { AccountNews } from './account-news.js';
import type { AccountId } from './account.js';
import type { Authentication } from './authentication.js';
import { challengeLife } from './challenge-service.js';
import type { ConfirmationService } from './confirmation-service.js';
import { type Confirmation, confirms, type ConfirmationSubject } from './confirmation.js';
import { newUpstreamIdentity } from './new-upstream-identity.js';
import { orRefusal } from './refused-transaction.js';
import type { RelyingParty } from './relying-party.js';
import type { UpstreamIdentity } from './upstream-identity.js';
import type { UpstreamIdentityStore } from './upstream-identity-store.js';
import type { UpstreamMeeting, UpstreamMeetingService, UpstreamTicket } from './upstream-meeting-service.js';
import { upstreamAuthentication } from './upstream-person-policy.js';

export interface UpstreamLinkPorts {
  /** Issuers of the providers in the config: an identity elsewhere lets nobody in. */
  readonly issuers: readonly string[];
  readonly relyingParty: RelyingParty;
  readonly meetings: Pick<UpstreamMeetingService, 'look' | 'take'>;
  readonly confirmations: ConfirmationService;
  readonly identities: UpstreamIdentityStore;
  readonly transaction: Transaction;
  readonly news: Pick<AccountNews, 'tell'>;
  readonly events: Pick<SecurityEvents, 'identityLinked' | 'identityUnlinked'>;
  readonly clock: Clock;
  readonly random: Random;
}

type Taken = Extract<UpstreamMeeting, { kind: 'taken' }>;

/**
 * Links an identity elsewhere to an account that has its e-mail address, and unlinks it. Decision 0013: the address
 * alone is not enough, whoever gets hold of it there would have the account here. Its owner confirms it with a passkey.
 */
export class UpstreamLinkService {
  readonly #ports: UpstreamLinkPorts;

  constructor(ports: UpstreamLinkPorts) {
    this.#ports = ports;
  }

  /** What the browser is to ask the authenticator for. It tells nothing of the account: not even whether it has a passkey. */
  async begin(ticket: UpstreamTicket): Promise<Result<PublicKeyCredentialRequestOptionsJSON>> {
    const { confirmations, meetings, random, relyingParty } = this.#ports;
    const met = takenOf(await meetings.look(ticket));
    if (!met.ok) return met;
    const begun = await confirmations.begin(subjectOf(met.value, ticket));
    const challenge = begun.ok ? begun.value.challenge : random.bytes(32).toString('base64url');
    return accepted({
      challenge,
      rpId: relyingParty.id,
      timeout: challengeLife,
      userVerification: 'required',
      allowCredentials: [],
    });
  }

  /** Links, in the same request in which the owner confirms it, and signs her in. Uses the ticket up, or changes nothing. */
  async finish(ticket: UpstreamTicket, response: unknown): Promise<Result<Authentication>> {
    const { clock, confirmations, events, meetings, transaction } = this.#ports;
    const met = takenOf(await meetings.look(ticket));
    if (!met.ok) return met;
    const confirmed = await confirmations.finish(subjectOf(met.value, ticket), response);
    if (!confirmed.ok) return confirmed;
    const { owner, person, provider } = met.value;
    const linked = await orRefusal(() =>
      transaction.run(async () => {
        const again = await meetings.take(ticket);
        if (!again.ok) throw new RefusalError(again.refusal);
        await this.#link(met.value);
        // What signs her in is the provider; the passkey confirmed this link and nothing else.
        return upstreamAuthentication(owner, person, provider, epochSeconds(clock));
      }),
    );
    if (linked.ok) events.identityLinked({ accountId: owner.id, issuer: person.issuer });
    return linked;
  }

  async #link({ owner, person, provider }: Taken): Promise<void> {
    const { clock, identities, news, random } = this.#ports;
    const linkedAt = new Date(clock.now());
    const identity = newUpstreamIdentity(random, { accountId: owner.id, person, provider, linkedAt });
    if (!(await identities.link(identity))) {
      throw refuse('upstream_changed', 'the identity came to an account meanwhile');
    }
    const detail = { provider: provider.name };
    await news.tell(owner.id, {
      kind: 'identity_linked',
      detail,
      letter: { kind: 'identity_linked', values: detail },
    });
  }

  /** Oldest first. */
  async list(accountId: AccountId): Promise<UpstreamIdentity[]> {
    return await this.#ports.identities.listOf(accountId);
  }

  /** @param confirmation of `unlink_identity` with the identity's id as its target */
  async unlink(
    accountId: AccountId,
    id: string,
    confirmation: Confirmation,
  ): Promise<Result<UpstreamIdentity>> {
    const { events, identities, issuers, news, transaction } = this.#ports;
    if (!confirms(confirmation, { accountId, action: 'unlink_identity', target: id })) {
      throw new Error('an identity is to be unlinked by the confirmation of something else');
    }
    const unlinked = await transaction.run(async (): Promise<Result<UpstreamIdentity>> => {
      const identity = (await identities.listOf(accountId)).find((each) => each.id === id);
      if (!identity) return gone();
      const outcome = await identities.unlink(accountId, id, issuers);
      if (outcome === 'last_way_in')
        return refused('identity_last_way_in', 'nothing else lets the person in');
      if (outcome === 'unknown') return gone();
      const detail = { provider: identity.providerName };
      await news.tell(accountId, {
        kind: 'identity_unlinked',
        detail,
        letter: { kind: 'identity_unlinked', values: detail },
      });
      return accepted(identity);
    });
    if (unlinked.ok) events.identityUnlinked({ accountId, issuer: unlinked.value.issuer });
    return unlinked;
  }
}

/** One confirmation is good for one identity and one account. */
function subjectOf({ owner, person }: Taken, { interaction }: UpstreamTicket): ConfirmationSubject {
  return {
    accountId: owner.id,
    sessionUid: interaction,
    action: 'link_identity',
    target: `${person.issuer} ${person.subject}`,
  };
}

function takenOf(met: Result<UpstreamMeeting>): Result<Taken> {
  if (!met.ok) return met;
  if (met.value.kind === 'taken') return accepted(met.value);
  return refused('upstream_changed', 'no account has the address, or the identity is linked already');
}

function gone(): Result<never> {
  return refused('identity_gone', 'the account has no linked identity with this id');
}
