import { errors, type Provider } from 'oidc-provider';

import type { Account } from '../accounts/account.js';
import type { AccountEventLog } from '../accounts/account-event-log.js';
import { IdentityTaken, type ExchangeAccountService } from '../accounts/exchange-account-service.js';
import { verifyTrustedToken, type TrustedTokenPorts } from '../accounts/subject-token-check.js';
import { judgeSubjectToken } from '../accounts/subject-token-policy.js';
import type { SubjectToken } from '../accounts/subject-token.js';
import type { Config, ResourceConfig } from '../config/schema.js';
import type { TrustedIssuerConfig } from '../config/trusted-issuers.js';
import { epochSeconds, type Clock } from '../lib/clock.js';
import { sha256 } from '../lib/hashing.js';
import type { Refusal } from '../lib/refusal.js';
import type { Transaction } from '../lib/transaction.js';
import type { SecurityEvents } from '../observability/events.js';
import { clientName } from './asker.js';
import { issueExchanged, type Exchanged } from './exchange-issue.js';
import { mayExchange, readExchange, targetAndScope, type ExchangeRequest } from './exchange-request.js';
import { sourceOf } from './exchange-source.js';
import type { ExchangeStore } from './exchange-store.js';
import { exchangedGrant } from './exchanged-grant.js';
import * as internals from './internals.js';
import { presentedCertificate } from './mutual-tls.js';
import { throughStore, withRefusal } from './provider-error.js';

export interface ExchangePorts {
  readonly config: Pick<Config, 'resources' | 'lifetimes'>;
  readonly trusted: TrustedTokenPorts;
  readonly exchangeAccounts: ExchangeAccountService;
  readonly exchanges: ExchangeStore;
  readonly accountLog: AccountEventLog;
  readonly transaction: Transaction;
  readonly events: Pick<SecurityEvents, 'tokenExchanged' | 'subjectTokenReused'>;
  readonly clock: Clock;
}

type Context = internals.TokenEndpointGrantContext;
type Proof = Awaited<ReturnType<typeof internals.validateDpop>>;

/** Seconds by which the nodes' clocks may differ: what was used is remembered for longer than any takes it (threat 33). */
const margin = 60;

/**
 * Token exchange (RFC 8693): an ID token of an issuer that the operator trusts, once, for an access token that only the
 * key of this request can use. It is as strong as a login elsewhere is: the weakest (decision 0038).
 */
export function exchangeGrant(provider: Provider, ports: ExchangePorts): (ctx: Context) => Promise<void> {
  return async function exchange(ctx) {
    internals.presence(ctx, 'subject_token', 'subject_token_type');
    const proof = await internals.validateDpop(provider, ctx);
    internals.checkDpopRequired(provider, ctx, proof);
    const certificate = internals.checkMtlsCert(provider, ctx);
    const key = proof?.thumbprint ?? (certificate && presentedCertificate(provider, ctx));
    // Law 1: a client that opted out of bound tokens gets identity only, and an ID token it has.
    if (key === undefined) {
      throw withRefusal(new errors.InvalidTarget(), 'client_identity_only', ctx.oidc.client.clientId);
    }
    const request = readExchange(ctx.oidc.params);
    const { subject, trusted } = await checkSubject(ports, ctx, request);
    checkKey(subject, key);
    const wish = targetAndScope(request, offersOf(ports.config.resources, trusted), trusted.scope);
    // Before the transaction: a proof stays used even when what follows is rolled back.
    await internals.checkDpopReplay(provider, ctx, proof, ctx.oidc.client.clientId);
    const work = () => redeem(provider, ports, ctx, { subject, trusted, key, proof, certificate, ...wish });
    const { event, answer } = await throughStore(() => runTwice(() => ports.transaction.run(work)));
    ports.events.tokenExchanged(event);
    ctx.body = answer;
  };
}

/** Somebody linked the identity meanwhile: the second time it is found. */
async function runTwice<Value>(work: () => Promise<Value>): Promise<Value> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof IdentityTaken)) throw error;
    return await work();
  }
}

async function checkSubject(
  { trusted: ports, clock }: ExchangePorts,
  ctx: Context,
  { token, type }: ExchangeRequest,
): Promise<{ readonly subject: SubjectToken; readonly trusted: TrustedIssuerConfig }> {
  const verified = await verifyTrustedToken(ports, token, { refusal: 'subject_token_rejected' });
  if (!verified.ok) throw exchangeRefused(verified.refusal);
  const { trusted, claims } = verified.value;
  if (!mayExchange(trusted, ctx.oidc.client)) {
    const detail = `trusted_issuers lists other clients for ${trusted.name}`;
    throw withRefusal(new errors.UnauthorizedClient(detail), 'client_not_allowed', detail);
  }
  if (!trusted.token_types.includes(type)) {
    throw exchangeRefused({ code: 'subject_token_rejected', detail: `token_types of it has no ${type}` });
  }
  const judged = judgeSubjectToken(claims, { token, type, now: epochSeconds(clock) }, trusted);
  if (!judged.ok) throw exchangeRefused(judged.refusal);
  return { subject: judged.value, trusted };
}

/** RFC 8693 §2.2.2: what is wrong with a subject token is invalid_request. An issuer that is away is not the client's fault. */
function exchangeRefused({ code, detail }: Refusal): Error {
  if (code !== 'issuer_unavailable') {
    return withRefusal(new errors.InvalidRequest('the subject_token is not acceptable'), code, detail);
  }
  const error = new errors.TemporarilyUnavailable('the issuer of the subject_token does not answer');
  error.status = 503;
  error.statusCode = 503;
  error.expose = true;
  return withRefusal(error, code, detail);
}

function checkKey({ key: named }: SubjectToken, key: string): void {
  if (named !== undefined && named !== key) throw exchangeRefused({ code: 'subject_token_wrong_key' });
}

function offersOf(all: readonly ResourceConfig[], { resources }: TrustedIssuerConfig): ResourceConfig[] {
  return all.filter(({ identifier }) => resources === undefined || resources.includes(identifier));
}

interface Redeemed extends Exchanged {
  readonly subject: SubjectToken;
  readonly trusted: TrustedIssuerConfig;
  readonly key: string;
  readonly proof: Proof;
}

/** All or nothing: what can't be issued uses nothing up and makes nobody. */
async function redeem(
  provider: Provider,
  ports: ExchangePorts,
  ctx: Context,
  redeemed: Omit<Redeemed, 'account' | 'grant' | 'authTime' | 'refresh'>,
) {
  const { subject, trusted, key } = redeemed;
  const { clientId } = ctx.oidc.client;
  const { use, source } = await useOnce(ports, subject, { clientId, key });
  const found = await ports.exchangeAccounts.find(subject, trusted.accounts === 'create');
  if (!found.ok) throw exchangeRefused(found.refusal);
  const account = found.value;
  // Law 3: what was revoked stays so, also for a token that lay ready meanwhile.
  if (await ports.exchanges.revokedSince(account.id, clientId, subject.issuedAt)) {
    throw exchangeRefused({ code: 'subject_token_outdated', detail: `revoked since, account ${account.id}` });
  }
  const { grant, made } = await exchangedGrant(provider, ports, ctx, { ...redeemed, source, account, use });
  if (made) await tellOwner(ports, ctx, account);
  const refresh = use === 'first' && trusted.refresh_tokens;
  const { authTime } = subject.person;
  const answer = await issueExchanged(provider, ctx, { ...redeemed, account, grant, authTime, refresh });
  const { issuer } = subject;
  const event = { accountId: account.id, clientId, grantId: grant.jti, issuer, first: use === 'first' };
  return { answer, event };
}

/** Law 2: the first key that brings a token is the only one that may bring it again. */
async function useOnce(
  { exchanges, events }: ExchangePorts,
  subject: SubjectToken,
  { clientId, key }: { readonly clientId: string; readonly key: string },
) {
  const { issuer, person, sid, issuedAt, goodUntil, identity } = subject;
  const source = sourceOf(issuer, person.subject, sid);
  const until = new Date((goodUntil + margin) * 1000);
  const ends = await exchanges.hold(source, until);
  if (ends.session !== undefined || (ends.subject !== undefined && issuedAt <= ends.subject)) {
    throw exchangeRefused({ code: 'subject_token_outdated', detail: 'she signed out at the issuer since' });
  }
  const digest = sha256(JSON.stringify([issuer, identity]));
  const use = await exchanges.use({ digest, clientId, key, until });
  if (use === 'other_key') {
    events.subjectTokenReused({ clientId, issuer });
    throw exchangeRefused({
      code: 'subject_token_used',
      detail: 'exchanged before by another key or client',
    });
  }
  return { use, source };
}

async function tellOwner({ accountLog }: ExchangePorts, ctx: Context, account: Account): Promise<void> {
  await accountLog.record(account.id, 'app_connected', { app: clientName(ctx.oidc.client) });
}
