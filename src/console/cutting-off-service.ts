import type { AccountEventLog } from '../accounts/account-event-log.js';
import type { AccountNews } from '../accounts/account-news.js';
import type { AccountStore } from '../accounts/account-store.js';
import type { AccountId } from '../accounts/account.js';
import type { Clock } from '../lib/clock.js';
import { accepted, refused, type Result } from '../lib/result.js';
import type { Transaction } from '../lib/transaction.js';
import type { SecurityEvents } from '../observability/events.js';
import type { GrantStore } from '../provider/grant-store.js';
import type { SendNotices } from '../provider/logout-notices.js';
import type {
  SessionLimits,
  SessionRecord,
  SessionStore,
  SignedInBrowser,
} from '../provider/session-store.js';

export interface CuttingOffPorts {
  readonly accounts: Pick<AccountStore, 'revoke'>;
  readonly sessions: Pick<SessionStore, 'listOf' | 'findByUid' | 'endOf'>;
  readonly grants: Pick<GrantStore, 'revoke'>;
  readonly news: AccountNews;
  readonly log: AccountEventLog;
  readonly transaction: Transaction;
  readonly events: Pick<SecurityEvents, 'revoked'>;
  readonly clock: Clock;
  readonly limits: SessionLimits;
  /** Prepares to tell the apps of these sessions that they are over. */
  readonly notices: (sessionUids: readonly string[]) => Promise<SendNotices>;
}

/** Longer than any session lives. */
const foreverSeconds = 1_000_000_000;

/** Ends signed-in browsers, one or all. It needs no confirmation: being able to stop a thief must be easy. */
export class CuttingOffService {
  readonly #ports: CuttingOffPorts;

  constructor(ports: CuttingOffPorts) {
    this.#ports = ports;
  }

  /** Last used first. */
  async browsers(accountId: AccountId): Promise<SignedInBrowser[]> {
    const { sessions, clock, limits } = this.#ports;
    return await sessions.listOf(accountId, { at: new Date(clock.now()), ...limits });
  }

  /**
   * Ends the session and every grant that was given in it: what an app may do while she is away (`offline_access`) came
   * from there, too, and would outlive it.
   */
  async cutOff(accountId: AccountId, sessionUid: string): Promise<Result<string>> {
    const { sessions, grants, log, transaction, events, clock, notices } = this.#ports;
    // Also one whose cookie works no more: what hangs on it does.
    const found = await sessions.findByUid(sessionUid);
    const session = found?.accountId === accountId ? found : undefined;
    const tellApps = await notices(session ? [sessionUid] : []);
    const at = new Date(clock.now());
    const ended = await transaction.run(async () => {
      if (!(await sessions.endOf(accountId, sessionUid, at))) return false;
      for (const grantId of grantsOf(session)) await grants.revoke(grantId, at);
      await log.record(accountId, 'browser_signed_out');
      return true;
    });
    if (!ended) return refused('browser_gone', 'the account has no live session with this uid');
    tellApps();
    events.revoked({ what: 'session', id: sessionUid });
    return accepted(sessionUid);
  }

  /** For all apps of the account's sessions, idle ones too; to be sent when the account has no session any more. */
  async farewell(accountId: AccountId): Promise<SendNotices> {
    const { sessions, clock, notices } = this.#ports;
    const all = await sessions.listOf(accountId, {
      at: new Date(clock.now()),
      idleSeconds: foreverSeconds,
      unboundSeconds: foreverSeconds,
    });
    return await notices(all.map(({ uid }) => uid));
  }

  /** Law 3: every session, grant and token of the account dies by one statement. */
  async lockEverything(accountId: AccountId): Promise<void> {
    const { accounts, news, transaction, events } = this.#ports;
    const tellApps = await this.farewell(accountId);
    await transaction.run(async () => {
      await accounts.revoke(accountId);
      const letter = { kind: 'signed_out_everywhere', values: {} } as const;
      await news.tell(accountId, { kind: 'everything_locked', letter });
    });
    tellApps();
    events.revoked({ what: 'account', id: accountId });
  }
}

/** What oidc-provider keeps of who was let in: the grant of each client. */
function grantsOf(session: SessionRecord | undefined): string[] {
  const { authorizations } = (session?.payload ?? {}) as {
    readonly authorizations?: Readonly<Record<string, { readonly grantId?: string }>>;
  };
  return Object.values(authorizations ?? {}).flatMap(({ grantId }) => grantId ?? []);
}
