import type { Context, Middleware } from 'koa';
import { judgeLogoutToken, logoutTokenLife, type SourceLogout } from '../accounts/logout-token-policy.js';
import { verifyTrustedToken, type TrustedTokenPorts } from '../accounts/subject-token-check.js';
import type { ReplayStore } from '../binding/replay-store.js';
import { readForm } from '../http/form-body.js';
import { epochSeconds, type Clock } from '../lib/clock.js';
import { sha256 } from '../lib/hashing.js';
import { RefusalError, refuse } from '../lib/refusal.js';
import type { Transaction } from '../lib/transaction.js';
import type { SecurityEvents } from '../observability/events.js';
import { sessionDigest, subjectDigest } from './exchange-source.js';
import type { ExchangeStore } from './exchange-store.js';
import type { GrantStore } from './grant-store.js';

export const sourceLogoutPath = '/signals/backchannel-logout';

/** Seconds: longer than any subject token is taken (trusted_issuers.max_age), so that none from before comes after. */
const sourceMemory = 2 * 3600;

export interface SourceLogoutPorts {
  readonly trusted: TrustedTokenPorts;
  readonly exchanges: Pick<ExchangeStore, 'end'>;
  readonly grants: Pick<GrantStore, 'revoke'>;
  readonly replays: Pick<ReplayStore, 'remember'>;
  readonly transaction: Transaction;
  readonly events: Pick<SecurityEvents, 'sourceLoggedOut'>;
  readonly clock: Clock;
  /** `lifetimes.grant`, in seconds. */
  readonly grantLife: number;
}

/** OpenID Connect Back-Channel Logout 1.0 §2.5-2.8, as the relying party of issuers whose tokens are exchanged here. */
export function sourceLogoutRoutes(ports: SourceLogoutPorts): Middleware {
  return async (ctx, next) => {
    if (ctx.path !== sourceLogoutPath || ports.trusted.issuers.length === 0) return await next();
    if (ctx.method !== 'POST') {
      ctx.set('Allow', 'POST');
      throw refuse('method_not_allowed', ctx.method);
    }
    // §2.8: no-store, for the answer as for a refusal.
    ctx.set('Cache-Control', 'no-store');
    const logout = await readLogout(ports, ctx);
    const grants = await ports.transaction.run(() => end(ports, logout));
    ports.events.sourceLoggedOut({ issuer: logout.issuer, grants });
    ctx.status = 200;
    ctx.body = '';
  };
}

async function readLogout({ trusted: ports, clock }: SourceLogoutPorts, ctx: Context): Promise<SourceLogout> {
  const form = readForm(ctx.req);
  if (!form.ok) throw new RefusalError(form.refusal);
  const token = form.value.get('logout_token');
  if (token === undefined) throw refuse('logout_token_rejected', 'there is no logout_token');
  const verified = await verifyTrustedToken(ports, token, {
    type: 'logout+jwt',
    refusal: 'logout_token_rejected',
  });
  if (!verified.ok) throw new RefusalError(verified.refusal);
  const { trusted, claims } = verified.value;
  const judged = judgeLogoutToken(claims, trusted, epochSeconds(clock));
  if (!judged.ok) throw new RefusalError(judged.refusal);
  return judged.value;
}

/** All or nothing, and law 3: whoever exchanges at this moment comes before, and ends, or comes after, and is refused. */
async function end(ports: SourceLogoutPorts, logout: SourceLogout): Promise<number> {
  const { exchanges, grants, replays, clock, grantLife } = ports;
  const { issuer, subject, sid, jti, issuedAt } = logout;
  // §2.6 step 8: with the rest, so that what could not be done may be told again.
  const remembered = new Date((issuedAt + logoutTokenLife + sourceMemory) * 1000);
  if (!(await replays.remember(sha256(JSON.stringify(['logout', issuer, jti])), remembered))) {
    throw refuse('logout_token_rejected', 'its jti came before');
  }
  const source = {
    subject: subject === undefined ? undefined : subjectDigest(issuer, subject),
    session: sid === undefined ? undefined : sessionDigest(issuer, sid),
  };
  // A session that is over stays over for as long as anything could hang on it.
  const until = new Date(clock.now() + (sourceMemory + grantLife) * 1000);
  const ending = await exchanges.end(source, issuedAt, until);
  const at = new Date(clock.now());
  let ended = 0;
  for (const id of ending) if (await grants.revoke(id, at)) ended += 1;
  return ended;
}
