import type { AccountNews } from '../accounts/account-news.js';
import type { AccountId } from '../accounts/account.js';
import { epochSeconds, type Clock } from '../lib/clock.js';
import { refused, accepted, type Result } from '../lib/result.js';
import type { Transaction } from '../lib/transaction.js';
import type { SecurityEvents } from '../observability/events.js';
import type { ClientFacts } from '../provider/client-facts.js';
import type { GrantRecord, GrantStore } from '../provider/grant-store.js';
import type { ApprovalStore } from '../stepup/approval-store.js';
import type { Asked } from '../provider/scope-words.js';

/** Undefined when the client was removed meanwhile. */
export type FindApp = (clientId: string) => Promise<ClientFacts | undefined>;

/** What a person has allowed one client. */
export interface ConnectedApp extends ClientFacts {
  readonly clientId: string;
  readonly allowed: Asked;
  readonly since: Date;
}

export interface ConnectedAppsPorts {
  readonly grants: GrantStore;
  readonly approvals: Pick<ApprovalStore, 'revoke'>;
  readonly findApp: FindApp;
  readonly news: AccountNews;
  readonly transaction: Transaction;
  readonly events: Pick<SecurityEvents, 'revoked'>;
  readonly clock: Clock;
}

/** The apps that may act for a person. Each browser's consent is a grant of its own; she sees and ends the app. */
export class ConnectedAppsService {
  readonly #ports: ConnectedAppsPorts;

  constructor(ports: ConnectedAppsPorts) {
    this.#ports = ports;
  }

  /** By name. */
  async list(accountId: AccountId): Promise<ConnectedApp[]> {
    const { grants, findApp, clock } = this.#ports;
    const now = epochSeconds(clock);
    const byClient = new Map<string, GrantRecord[]>();
    for (const grant of await grants.listOf(accountId)) {
      if (grant.expiresAt <= now) continue;
      byClient.set(grant.clientId, [...(byClient.get(grant.clientId) ?? []), grant]);
    }
    const apps = await Promise.all(
      [...byClient].map(async ([clientId, granted]) => {
        const facts = await findApp(clientId);
        return facts && { clientId, ...facts, ...togetherAllowed(granted) };
      }),
    );
    return apps
      .filter((app) => app !== undefined)
      .toSorted((one, other) => one.name.localeCompare(other.name));
  }

  /** Ends all that the person allowed the app; no confirmation, for being able to stop a thief must be easy. */
  async disconnect(accountId: AccountId, clientId: string): Promise<Result<ClientFacts>> {
    const { approvals, grants, findApp, news, transaction, events, clock } = this.#ports;
    const facts = (await findApp(clientId)) ?? { name: clientId, host: undefined };
    const ended = await transaction.run(async () => {
      if (!(await grants.revokeOf(accountId, clientId, new Date(clock.now())))) return false;
      await approvals.revoke(accountId, { clientId }, new Date(clock.now()));
      await news.tell(accountId, {
        kind: 'app_disconnected',
        detail: { app: facts.name },
        letter: { kind: 'app_disconnected', values: { app: facts.name } },
      });
      return true;
    });
    if (!ended) return refused('app_gone', 'the account granted this client nothing');
    events.revoked({ what: 'grant', id: `${accountId} ${clientId}` });
    return accepted(facts);
  }
}

function togetherAllowed(granted: readonly GrantRecord[]): Pick<ConnectedApp, 'allowed' | 'since'> {
  const payloads = granted.map(({ payload }) => payload as GrantPayload);
  const resourceScopes: Record<string, string[]> = {};
  for (const [resource, scope] of payloads.flatMap(({ resources }) => Object.entries(resources ?? {}))) {
    resourceScopes[resource] = distinct([...(resourceScopes[resource] ?? []), ...scope.split(' ')]);
  }
  const oidcScopes = distinct(payloads.flatMap(({ openid }) => (openid?.scope ?? '').split(' ')));
  const first = Math.min(...payloads.map(({ iat }) => iat ?? Infinity));
  return { allowed: { oidcScopes, resourceScopes }, since: new Date(first * 1000) };
}

/** What oidc-provider keeps of a grant, as far as it matters here. */
interface GrantPayload {
  readonly iat?: number;
  readonly openid?: { readonly scope?: string };
  readonly resources?: Readonly<Record<string, string>>;
}

function distinct(scopes: readonly string[]): string[] {
  return [...new Set(scopes)].filter((scope) => scope !== '');
}
