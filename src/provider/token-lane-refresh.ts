import type { AdapterPayload, Grant } from 'oidc-provider';
import { epochSeconds } from '../lib/clock.js';
import { sha256 } from '../lib/hashing.js';
import { newAccessToken, newRefreshToken, parseOpaqueToken } from '../lib/opaque-token.js';
import type { ResourceConfig } from '../config/schema.js';
import { accessTokenRecord, withoutUndefined } from './access-token-adapter.js';
import { authenticationOf } from './claims.js';
import { sealSuccessor } from './refresh-successor.js';
import { refreshTokenLife, refreshTokenPayload, refreshTokenRecord } from './refresh-token-adapter.js';
import { refreshedIdToken } from './token-lane-id-token.js';
import type { TokenAnswer, TokenAsk, TokenMakingPorts } from './token-lane-ports.js';
import type { Refreshable } from './token-lane-store.js';

/**
 * The refresh of a token that was not used yet, as refresh-grant.ts does it; undefined: nothing was touched, and the
 * long way knows what it means: a token that is used, dead, unknown or somebody else's, a wider scope, another resource.
 */
export async function answerRefresh(
  ports: TokenMakingPorts,
  ask: TokenAsk,
): Promise<TokenAnswer | undefined> {
  const presented = ask.request.refreshToken ?? '';
  if (parseOpaqueToken(presented)?.kind !== 'refresh_token') return undefined;
  const digest = sha256(presented);
  const found = await ports.store.findRefreshable(digest);
  if (!found || !isPlain(found, ask, epochSeconds(ports.clock))) return undefined;
  const { client, provider } = ask.asking;
  const grant = new provider.Grant({ ...found.grantPayload, jti: found.grantId } as never) as Grant;
  if (grant.isExpired || grant.clientId !== found.clientId) return undefined;
  const plan = planOf(ports, ask, found, grant);
  if (!plan) return undefined;

  const forResource = plan.resource !== undefined;
  const idToken = await refreshedIdToken({ ...plan, provider, client, found, grant, forResource });
  const issuedAt = epochSeconds(ports.clock);
  const [value, accessToken] = newAccess(ports, ask, found, { ...plan, issuedAt });
  const successor = newRefreshToken(ports.random);
  const exchanged = await ports.store.exchange({
    proof: ask.proof.use,
    clientVersion: ask.asking.version,
    accessToken,
    presented: digest,
    sealedSuccessor: await sealSuccessor(presented, successor),
    at: new Date(ports.clock.now()),
    successor: refreshTokenRecord(sha256(successor), succeeding(ports, found, presented, issuedAt)),
  });
  if (!exchanged) return undefined;
  return {
    access_token: value,
    expires_in: plan.lifetime,
    id_token: idToken,
    refresh_token: successor,
    scope: plan.scope,
    token_type: 'DPoP',
  };
}

/** What is out of the ordinary is the long way's: it knows the words, the events and the rarer features. */
function isPlain(found: Refreshable, { asking }: TokenAsk, now: number): boolean {
  const { client } = asking;
  return (
    found.alive &&
    found.expiresAt > now &&
    found.consumedAt === undefined &&
    // RFC 6749 §6: the refresh token is bound to the client to which it was issued.
    found.clientId === client.clientId &&
    // Whose is the statement's to say; a token without a key belongs to a cluster of them.
    found.jkt !== undefined &&
    found.certificate === undefined &&
    client['refresh_token_rotation'] !== 'none' &&
    found.payload['rar'] === undefined &&
    found.payload['claims'] === undefined
  );
}

interface Plan {
  readonly scopes: ReadonlySet<string>;
  readonly resource: ResourceConfig | undefined;
  readonly scope: string | undefined;
  readonly lifetime: number;
}

/** What the new access token is for; undefined when that is not what was granted before, or not plain. */
function planOf(
  { resources, config }: TokenMakingPorts,
  { request }: TokenAsk,
  found: Refreshable,
  grant: Grant,
): Plan | undefined {
  const granted = new Set((found.payload['scope'] as string | undefined)?.split(' '));
  const scopes = request.scope === undefined ? granted : new Set(request.scope.split(' '));
  // RFC 6749 §6: the requested scope must not include any scope not originally granted.
  for (const scope of scopes) if (!granted.has(scope)) return undefined;
  const { resource: meant } = found.payload;
  if (meant !== undefined && typeof meant !== 'string') return undefined;
  if (request.resource !== undefined && request.resource !== meant) return undefined;
  const told = (scope: string) => (granted.size > 0 ? scope : scope || undefined);
  if (meant === undefined) {
    const scope = told(grant.getOIDCScopeFiltered(new Set(scopes)));
    return { scopes, resource: undefined, scope, lifetime: config.lifetimes.userinfo_token };
  }
  const resource = resources.find(meant);
  if (resource?.format !== 'opaque') return undefined;
  const offered = new Set(resource.scope.split(' '));
  const scope = told(
    grant.getResourceScopeFiltered(
      meant,
      [...scopes].filter((each) => offered.has(each)),
    ),
  );
  return { scopes, resource, scope, lifetime: resource.lifetime };
}

function newAccess(
  { random }: TokenMakingPorts,
  { proof }: TokenAsk,
  found: Refreshable,
  { resource, scope, lifetime, issuedAt }: Plan & { readonly issuedAt: number },
) {
  const expiresAt = issuedAt + lifetime;
  const value = newAccessToken(random, expiresAt);
  const { sessionUid, expiresWithSession, sid } = found.payload;
  const payload = withoutUndefined({
    accountId: found.accountId,
    clientId: found.clientId,
    grantId: found.grantId,
    gty: refreshed(found.payload),
    sessionUid,
    expiresWithSession,
    sid,
    scope,
    aud: resource?.identifier,
    jkt: proof.jkt,
    extra: authenticationOf(found.payload),
    iat: issuedAt,
    exp: expiresAt,
  });
  return [value, accessTokenRecord('AccessToken', sha256(value), payload)] as const;
}

function refreshed({ gty }: Refreshable['payload']): string {
  return String(gty).endsWith('refresh_token') ? String(gty) : `${String(gty)} refresh_token`;
}

/** The payload of the one successor: all that the token says, a rotation later. */
function succeeding(
  { config, clock }: TokenMakingPorts,
  found: Refreshable,
  presented: string,
  issuedAt: number,
): AdapterPayload {
  const { jti: _jti, ...inherited } = refreshTokenPayload(found, presented);
  const { rotations = 0, iiat = found.issuedAt } = found.payload as { rotations?: number; iiat?: number };
  return {
    ...inherited,
    rotations: rotations + 1,
    gty: refreshed(found.payload),
    iat: issuedAt,
    exp: issuedAt + refreshTokenLife(config.lifetimes, iiat, epochSeconds(clock)),
  };
}
