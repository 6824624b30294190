import { errors, type Provider } from 'oidc-provider';
import { epochSeconds, type Clock } from '../lib/clock.js';
import { sha256 } from '../lib/hashing.js';
import { newRefreshToken, parseOpaqueToken } from '../lib/opaque-token.js';
import type { Random } from '../lib/random.js';
import type { Transaction } from '../lib/transaction.js';
import type { SecurityEvents } from '../observability/events.js';
import type { GrantStore } from './grant-store.js';
import * as internals from './internals.js';
import { presentedCertificate } from './mutual-tls.js';
import { grantRefused, throughStore } from './provider-error.js';
import { openSuccessor, sealSuccessor, withinGrace } from './refresh-successor.js';
import { refreshTokenPayload } from './refresh-token-adapter.js';
import type { FoundRefreshToken, RefreshTokenStore } from './refresh-token-store.js';
import { RefreshTokenReused } from './reuse.js';

type RefreshToken = InstanceType<Provider['RefreshToken']>;
type Proof = Awaited<ReturnType<typeof internals.validateDpop>>;

export interface RefreshPorts {
  readonly refreshTokens: RefreshTokenStore;
  readonly grants: GrantStore;
  readonly transaction: Transaction;
  readonly events: SecurityEvents;
  readonly clock: Clock;
  readonly random: Random;
}

/**
 * The refresh_token grant (RFC 6749 §6, RFC 9449 §5, RFC 9700 §4.14), in place of oidc-provider's: one successor ever
 * per token, given again to the same key within the grace; later reuse ends the family; a wrong key is a theft signal.
 */
export function refreshGrant(
  provider: Provider,
  ports: RefreshPorts,
): (ctx: internals.TokenEndpointGrantContext) => Promise<void> {
  return async function refresh(ctx) {
    internals.presence(ctx, 'refresh_token');
    const client = ctx.oidc.client;
    const presented = ctx.oidc.params['refresh_token'] as string;
    const proof = await internals.validateDpop(provider, ctx);
    internals.checkDpopRequired(provider, ctx, proof);
    internals.checkMtlsCert(provider, ctx);

    const found = await findPresented(ports, presented, client.clientId);
    checkKey(ports, found, proof);
    checkCertificate(ports, found, presentedCertificate(provider, ctx));
    // Before the transaction: a proof stays used even when what follows is rolled back.
    await internals.checkDpopReplay(provider, ctx, proof, client.clientId);

    try {
      await throughStore(() =>
        ports.transaction.run(() => exchange(provider, ports, ctx, { presented, found, proof })),
      );
    } catch (error) {
      if (error instanceof RefreshTokenReused) await endFamily(ports, error, client.clientId);
      throw error;
    }
  };
}

async function findPresented(
  ports: RefreshPorts,
  presented: string,
  clientId: string,
): Promise<FoundRefreshToken> {
  if (parseOpaqueToken(presented)?.kind !== 'refresh_token') throw grantRefused('grant_invalid', 'malformed');
  const found = await throughStore(() => ports.refreshTokens.find(sha256(presented)));
  if (!found) throw grantRefused('grant_invalid', 'refresh token not found');
  // RFC 6749 §6: the refresh token is bound to the client to which it was issued.
  if (found.clientId !== clientId) throw grantRefused('grant_invalid', 'refresh token of another client');
  if (!found.alive) throw grantRefused('grant_invalid', 'refresh token was revoked');
  if (found.expiresAt <= epochSeconds(ports.clock))
    throw grantRefused('grant_invalid', 'refresh token expired');
  return found;
}

/** RFC 9449 §5: a bound refresh token works with its own key only. Another key means that the token was copied. */
function checkKey(ports: RefreshPorts, found: FoundRefreshToken, proof: Proof): void {
  if (found.jkt === undefined || found.jkt === proof?.thumbprint) return;
  ports.events.refreshTokenWrongKey({ clientId: found.clientId, grantId: found.grantId });
  throw grantRefused('refresh_token_wrong_key', `grant ${found.grantId}`);
}

/** RFC 8705 §4: a refresh token of a public client works with its certificate only. Another one means that it was copied. */
function checkCertificate(
  ports: RefreshPorts,
  found: FoundRefreshToken,
  presented: string | undefined,
): void {
  if (found.certificate === undefined || found.certificate === presented) return;
  ports.events.refreshTokenWrongKey({ clientId: found.clientId, grantId: found.grantId });
  throw grantRefused('refresh_token_wrong_key', `another certificate, grant ${found.grantId}`);
}

async function endFamily(ports: RefreshPorts, reused: RefreshTokenReused, clientId: string): Promise<void> {
  await throughStore(() => ports.grants.revoke(reused.grantId, new Date(ports.clock.now())));
  ports.events.refreshTokenReused({ clientId, grantId: reused.grantId });
}

interface Presented {
  readonly presented: string;
  readonly found: FoundRefreshToken;
  readonly proof: Proof;
}

async function exchange(
  provider: Provider,
  ports: RefreshPorts,
  ctx: internals.TokenEndpointGrantContext,
  { presented, found, proof }: Presented,
): Promise<void> {
  const current = new provider.RefreshToken(refreshTokenPayload(found, presented) as never) as RefreshToken;
  const grant = await internals.validateGrant(provider, ctx, found.grantId);
  checkScope(ctx, current);
  const account = await internals.validateAccount(provider, ctx, current, 'refresh token');
  internals.checkAccountMismatch(current, grant);
  ctx.oidc.entity('RefreshToken', current);
  ctx.oidc.entity('Grant', grant);
  ctx.oidc.entity('Account', account);

  // What has a successor stays used, also when its client stops rotating.
  const next =
    rotates(ctx) || found.consumedAt !== undefined
      ? await succeed(provider, ports, ctx, { presented, found, proof }, current)
      : presented;
  const { accessToken, value, scope } = await issueAccessToken(provider, ctx, current, grant, proof);
  const idToken = await internals.issueIdToken(provider, ctx, current, accessToken, grant, scope);
  ctx.body = internals.buildTokenResponse(provider, {
    accessToken: value,
    authorizationDetails: accessToken.rar,
    expiresIn: accessToken.expiration,
    idToken,
    refreshToken: next,
    scope: current.scope ? accessToken.scope : accessToken.scope || undefined,
    tokenType: accessToken.tokenType,
  });
}

function checkScope(ctx: internals.TokenEndpointGrantContext, current: RefreshToken): void {
  if (!ctx.oidc.params['scope']) return;
  // RFC 6749 §6: the requested scope must not include any scope not originally granted.
  const foreign = [...ctx.oidc.requestParamScopes].filter((scope) => !current.scopes.has(scope));
  if (foreign.length > 0)
    throw new errors.InvalidScope('refresh token missing requested scope', foreign.join(' '));
}

/** FAPI 2.0 SP §5.3.2.1(9) forbids routine rotation: such clients register `refresh_token_rotation: none`. */
function rotates(ctx: internals.TokenEndpointGrantContext): boolean {
  return ctx.oidc.client['refresh_token_rotation'] !== 'none';
}

/** The one successor: made by the first caller, given again to the rest within the grace. */
async function succeed(
  provider: Provider,
  ports: RefreshPorts,
  ctx: internals.TokenEndpointGrantContext,
  { presented, found, proof }: Presented,
  current: RefreshToken,
): Promise<string> {
  const successor = newRefreshToken(ports.random);
  const digest = sha256(presented);
  const sealed = await sealSuccessor(presented, successor);
  const first = await ports.refreshTokens.consume(digest, sealed, new Date(ports.clock.now()));
  if (first) {
    const { jti: _jti, iat: _iat, exp: _exp, ...inherited } = refreshTokenPayload(found, presented);
    const rotated = new provider.RefreshToken({
      ...inherited,
      client: ctx.oidc.client,
      rotations: (current.rotations ?? 0) + 1,
      gty: current.gty?.endsWith('refresh_token') ? current.gty : `${current.gty} refresh_token`,
      ...(current['jkt'] === undefined ? {} : { jkt: proof?.thumbprint }),
    } as never) as RefreshToken;
    rotated.jti = successor;
    ctx.oidc.entity('RotatedRefreshToken', current);
    ctx.oidc.entity('RefreshToken', rotated);
    return rotated.save();
  }
  const used = await ports.refreshTokens.find(digest);
  if (used && !(used.alive && (await ports.refreshTokens.stands(digest)))) {
    throw grantRefused('grant_invalid', 'refresh token was revoked meanwhile');
  }
  // Law 2: the same key, within ten seconds, gets that same successor; anyone later ends the family (RFC 9700 §4.14.2).
  if (used && withinGrace(used, keyOf(used, proof), ports.clock.now())) {
    return openSuccessor(presented, used.sealedSuccessor as string);
  }
  throw new RefreshTokenReused(current.grantId as string);
}

/** The key to compare with: none for clients whose refresh tokens are not bound (RFC 9449 §5). */
function keyOf(used: FoundRefreshToken, proof: Proof): string | undefined {
  return used.jkt === undefined ? undefined : proof?.thumbprint;
}

async function issueAccessToken(
  provider: Provider,
  ctx: internals.TokenEndpointGrantContext,
  source: RefreshToken,
  grant: InstanceType<Provider['Grant']>,
  proof: Proof,
) {
  const accessToken = internals.createAccessToken(
    provider,
    ctx,
    {
      accountId: source.accountId as string,
      expiresWithSession: source.expiresWithSession,
      grantId: source.grantId,
      sessionUid: source.sessionUid,
      sid: source.sid,
    },
    source.gty?.endsWith('refresh_token') ? source.gty : `${source.gty} refresh_token`,
  );
  const certificate = internals.checkMtlsCert(provider, ctx);
  if (certificate) accessToken.setThumbprint('x5t', certificate);
  if (proof) accessToken.setThumbprint('jkt', proof.thumbprint);
  const scope = ctx.oidc.params['scope'] ? ctx.oidc.requestParamScopes : source.scopes;
  await internals.resolveAndApplyResource(provider, ctx, source, accessToken, grant, scope);
  // RFC 9396 §6.1: what was granted rides on, without what has ended, narrowed on request and never widened.
  await internals.applyAuthorizationDetails(provider, ctx, accessToken, source);
  ctx.oidc.entity('AccessToken', accessToken);
  return { accessToken, value: await accessToken.save(), scope };
}
