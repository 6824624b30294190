import { errors, type Provider } from 'oidc-provider';
import type { Clock } from '../lib/clock.js';
import { sha256 } from '../lib/hashing.js';
import type { Transaction } from '../lib/transaction.js';
import type { SecurityEvents } from '../observability/events.js';
import type { ApprovalStore } from '../stepup/approval-store.js';
import { isAuthReqId } from '../stepup/backchannel-policy.js';
import type {
  BackchannelRequestStore,
  FoundBackchannelRequest,
} from '../stepup/backchannel-request-store.js';
import { grantedModelCall } from '../stepup/model-call-policy.js';
import * as internals from './internals.js';
import { grantRefused, throughStore, withRefusal } from './provider-error.js';

export const backchannelGrantType = 'urn:openid:params:grant-type:ciba';

export interface BackchannelGrantPorts {
  readonly backchannelRequests: BackchannelRequestStore;
  readonly approvals: Pick<ApprovalStore, 'find'>;
  readonly transaction: Transaction;
  readonly events: Pick<SecurityEvents, 'backchannelMisuse'>;
  readonly clock: Clock;
}

type Proof = Awaited<ReturnType<typeof internals.validateDpop>>;
type Source = InstanceType<Provider['BackchannelAuthenticationRequest']>;

/**
 * The CIBA grant (CIBA §10.1, §11), in place of oidc-provider's: only the key that was named at the beginning gets
 * anything, too fast polls are slowed down over all nodes, and what was approved is redeemed once.
 */
export function backchannelGrant(
  provider: Provider,
  ports: BackchannelGrantPorts,
): (ctx: internals.TokenEndpointGrantContext) => Promise<void> {
  return async function redeem(ctx) {
    internals.presence(ctx, 'auth_req_id');
    const proof = await internals.validateDpop(provider, ctx);
    internals.checkDpopRequired(provider, ctx, proof);
    const found = await findAsked(ports, ctx.oidc.params['auth_req_id'] as string, ctx.oidc.client.clientId);
    checkKey(ports, found, proof);
    // Before the transaction: a proof stays used even when what follows is rolled back.
    await internals.checkDpopReplay(provider, ctx, proof, ctx.oidc.client.clientId);
    await checkAnswer(ports, found);
    await throughStore(() => ports.transaction.run(() => issue(provider, ports, ctx, found, proof)));
  };
}

async function findAsked(
  ports: BackchannelGrantPorts,
  authReqId: string,
  clientId: string,
): Promise<FoundBackchannelRequest> {
  if (!isAuthReqId(authReqId)) throw grantRefused('grant_invalid', 'auth_req_id is malformed');
  const found = await throughStore(() => ports.backchannelRequests.findByAuthReqId(sha256(authReqId)));
  if (!found) throw grantRefused('grant_invalid', 'auth_req_id not found');
  // CIBA §11: an auth_req_id that was issued to another client is invalid_grant.
  if (found.clientId !== clientId) {
    ports.events.backchannelMisuse({ clientId, request: found.id, how: 'other_client' });
    throw grantRefused('grant_invalid', 'auth_req_id of another client');
  }
  return found;
}

/** Law 1: what one key asked for, another doesn't get. Nothing is used up, so that the thief takes nothing away either. */
function checkKey(ports: BackchannelGrantPorts, found: FoundBackchannelRequest, proof: Proof): void {
  if (!proof) throw grantRefused('proof_missing', 'missing DPoP proof JWT');
  if (proof.thumbprint === found.jkt) return;
  ports.events.backchannelMisuse({ clientId: found.clientId, request: found.id, how: 'wrong_key' });
  throw grantRefused('backchannel_wrong_key', `request ${found.id}`);
}

/** CIBA §11, the order of which is ours: what was denied stays denied, also when its time is over (threat 14). */
async function checkAnswer(ports: BackchannelGrantPorts, found: FoundBackchannelRequest): Promise<void> {
  const now = new Date(ports.clock.now());
  if (found.state === 'denied' || found.state === 'not_me') throw denied(found);
  if (found.redeemedAt) throw grantRefused('grant_invalid', 'auth_req_id was used before');
  if (found.expiresAt <= now) throw expired(found);
  if (found.state === 'approved') return;
  const polled = await throughStore(() => ports.backchannelRequests.poll(found.id, now));
  if (polled === 'slow_down') throw withRefusal(new errors.SlowDown(), 'backchannel_slow_down', found.id);
  // Answered in this very moment: the client learns so when it comes again.
  throw withRefusal(new errors.AuthorizationPending(), 'backchannel_pending', found.id);
}

function denied({ id, state, endedBy }: FoundBackchannelRequest): Error {
  if (state === 'not_me') {
    return withRefusal(new errors.AccessDenied('the person did not agree'), 'backchannel_disowned', id);
  }
  if (endedBy === 'strength') {
    const description = 'the person could not sign in as strongly as acr_values demands';
    return withRefusal(new errors.AccessDenied(description), 'backchannel_unmet', id);
  }
  return withRefusal(
    new errors.AccessDenied('the person did not agree'),
    'backchannel_denied',
    `${id} ${endedBy ?? ''}`,
  );
}

function expired({ id }: FoundBackchannelRequest): Error {
  return withRefusal(new errors.ExpiredToken('the request has expired'), 'backchannel_expired', id);
}

/** All or nothing: what can't be issued is not used up. */
async function issue(
  provider: Provider,
  ports: BackchannelGrantPorts,
  ctx: internals.TokenEndpointGrantContext,
  found: FoundBackchannelRequest,
  proof: Proof,
): Promise<void> {
  const { result } = found;
  if (!result) throw new Error(`request ${found.id} is approved without a result`);
  // Law 2: of many parallel callers one takes it.
  if (!(await ports.backchannelRequests.redeem(found.id, new Date(ports.clock.now())))) {
    throw grantRefused('grant_invalid', 'auth_req_id was used before');
  }
  const grant = await internals.validateGrant(provider, ctx, result.grantId);
  const source = sourceOf(provider, ctx, found, await approvedDetails(ports, found));
  const account = await internals.validateAccount(provider, ctx, source, 'auth_req_id');
  internals.checkAccountMismatch(source, grant);
  ctx.oidc.entity('BackchannelAuthenticationRequest', source);
  ctx.oidc.entity('Grant', grant);
  ctx.oidc.entity('Account', account);

  const accessToken = internals.createAccessToken(
    provider,
    ctx,
    { accountId: account.accountId, grantId: result.grantId },
    'ciba',
  );
  if (proof) accessToken.setThumbprint('jkt', proof.thumbprint);
  await internals.resolveAndApplyResource(provider, ctx, source, accessToken, grant);
  await internals.applyAuthorizationDetails(provider, ctx, accessToken, source as never);
  ctx.oidc.entity('AccessToken', accessToken);
  const value = await accessToken.save();
  const refreshToken = await issueRefreshToken(provider, ctx, source);
  // CIBA §10.1.1: as Core §3.1.3.3. The claims about auth_req_id and the refresh token are for push (§10.3.1) alone.
  const idToken = await internals.issueIdToken(provider, ctx, source, accessToken, grant);
  ctx.body = internals.buildTokenResponse(provider, {
    accessToken: value,
    authorizationDetails: accessToken.rar,
    expiresIn: accessToken.expiration,
    idToken,
    refreshToken,
    scope: accessToken.scope,
    tokenType: accessToken.tokenType,
  });
}

/** The answer as oidc-provider's own helpers want it; never saved. Its session is none, so nothing ends with one. */
function sourceOf(
  provider: Provider,
  ctx: internals.TokenEndpointGrantContext,
  { accountId, scope, resource, result }: FoundBackchannelRequest,
  rar: Source['rar'],
): Source {
  return new provider.BackchannelAuthenticationRequest({
    client: ctx.oidc.client,
    accountId,
    scope,
    resource,
    grantId: result?.grantId,
    // Law 5: of the assertion that approved, whenever the client comes for it.
    acr: result?.acr,
    amr: result?.amr,
    authTime: result?.authTime,
    rar,
    expiresWithSession: false,
  } as never) as Source;
}

/**
 * RFC 9396 §7: what was granted, and which approval it is. Looked at again: only what she signed for this very request,
 * and has not taken back since, goes into tokens.
 */
async function approvedDetails(
  { approvals }: BackchannelGrantPorts,
  { id, accountId, clientId, jkt, result }: FoundBackchannelRequest,
): Promise<Source['rar']> {
  if (result?.approvalId === undefined) return undefined;
  const approval = await approvals.find(result.approvalId);
  const { subject } = approval ?? {};
  const fits =
    subject?.boundTo === id &&
    subject.accountId === accountId &&
    subject.clientId === clientId &&
    subject.jkt === jkt &&
    approval?.revokedAt === undefined;
  if (!approval || !fits) {
    const detail = 'the approval is not of this request, or was revoked';
    throw withRefusal(new errors.AccessDenied('the person did not approve it'), 'approval_changed', detail);
  }
  const granted = grantedModelCall(approval);
  return granted && ([granted] as unknown as Source['rar']);
}

async function issueRefreshToken(
  provider: Provider,
  ctx: internals.TokenEndpointGrantContext,
  source: Source,
): Promise<string | undefined> {
  // OIDC Core §11: what works while she is away takes offline_access. There is no session that it could end with.
  if (!source.scopes.has('offline_access')) return undefined;
  const { issueRefreshToken: may } = internals.instance(provider).configuration;
  if (!(await may?.(ctx, ctx.oidc.client, source as never))) return undefined;
  const token = new provider.RefreshToken({
    client: ctx.oidc.client,
    accountId: source.accountId,
    acr: source.acr,
    amr: source.amr,
    authTime: source.authTime,
    expiresWithSession: false,
    grantId: source.grantId,
    gty: 'ciba',
    resource: source.resource,
    rar: source.rar,
    rotations: 0,
    scope: source.scope,
  } as never) as InstanceType<Provider['RefreshToken']>;
  ctx.oidc.entity('RefreshToken', token);
  return token.save();
}
