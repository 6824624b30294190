import { errors, type KoaContextWithOIDC, type ResourceServer } from 'oidc-provider';
import type { ResourceConfig } from '../config/schema.js';
import { harmless } from '../lib/harmless.js';
import { isRecord } from '../lib/json.js';
import { isBound } from './client-policy.js';
import { withRefusal } from './provider-error.js';

type Client = NonNullable<KoaContextWithOIDC['oidc']['client']>;

/** The resources of the config as oidc-provider's resource indicators (RFC 8707). */
export interface Resources {
  /** What oidc-provider must know of the resource. Throws invalid_target when the client may not have it. */
  infoFor(identifier: string, client: Client): ResourceServer;
  /** The resource of that identifier. */
  find(identifier: string): ResourceConfig | undefined;
  /** What a client acting for itself means by these scopes alone; undefined where that is not one resource. */
  meantBy(scopes: ReadonlySet<string>): ResourceConfig | undefined;
  /** The resource that the requested scopes imply when none is named. */
  impliedBy(ctx: KoaContextWithOIDC, candidates?: readonly string[]): string | string[] | undefined;
}

export function createResources(configured: readonly ResourceConfig[]): Resources {
  const byIdentifier = new Map(configured.map((resource) => [resource.identifier, resource]));

  const infoFor = (identifier: string, client: Client): ResourceServer => {
    const resource = byIdentifier.get(identifier);
    if (!resource) throw withRefusal(new errors.InvalidTarget(), 'resource_invalid', harmless(identifier));
    // Law 1: a client that opted out of bound tokens gets identity only.
    if (!isBound(client)) {
      throw withRefusal(new errors.InvalidTarget(), 'client_identity_only', client.clientId);
    }
    return {
      scope: resource.scope,
      audience: identifier,
      accessTokenTTL: resource.lifetime,
      accessTokenFormat: resource.format,
      ...(resource.format === 'jwt' ? { jwt: { sign: { alg: 'ES256' } } } : {}),
    } as ResourceServer;
  };

  const impliedBy = (
    ctx: KoaContextWithOIDC,
    candidates?: readonly string[],
  ): string | string[] | undefined => {
    const requested = ctx.oidc.requestParamScopes;
    const pool = candidates ? configured.filter((each) => candidates.includes(each.identifier)) : configured;
    const meant = impliedByDetails(ctx, pool);
    if (meant !== undefined) return meant;
    const implied = offering(pool, requested).map((each) => each.identifier);
    if (implied.length === 1) return implied[0];
    if (implied.length > 1) return implied;
    // A client acting for itself has no userinfo to read, and calls of models are for a resource: where there is one,
    // it can mean no other.
    const { grant_type: grantType, authorization_details: details } = ctx.oidc.params ?? {};
    const meansOne = grantType === 'client_credentials' || details !== undefined;
    if (meansOne && pool.length === 1) return pool[0]?.identifier;
    return candidates ? [...candidates] : undefined;
  };

  return {
    infoFor,
    impliedBy,
    find: (identifier) => byIdentifier.get(identifier),
    meantBy: (scopes) => {
      const implied = offering(configured, scopes);
      const [meant, ...others] = implied.length === 0 ? configured : implied;
      return others.length === 0 ? meant : undefined;
    },
  };
}

function offering(pool: readonly ResourceConfig[], scopes: ReadonlySet<string>): readonly ResourceConfig[] {
  return pool.filter((each) => each.scope.split(' ').some((scope) => scope !== '' && scopes.has(scope)));
}

/** Asking for authorization_details implies the resource that they are for. */
function impliedByDetails(
  ctx: KoaContextWithOIDC,
  pool: readonly ResourceConfig[],
): string | string[] | undefined {
  const details = ctx.oidc.params?.['authorization_details'];
  if (details === undefined) return undefined;
  const located = locationOf(details);
  if (typeof located === 'string' && pool.some(({ identifier }) => identifier === located)) return located;
  if (located !== undefined || ctx.oidc.route !== 'token') return undefined;
  return grantedResource(ctx) ?? pool.map(({ identifier }) => identifier);
}

/** What the code or refresh token is for, once oidc-provider has read it: narrowing need not name it again. */
function grantedResource({ oidc }: KoaContextWithOIDC): string | undefined {
  const { AuthorizationCode, RefreshToken } = oidc.entities;
  const [resource, ...others] = [(AuthorizationCode ?? RefreshToken)?.resource ?? []].flat();
  return others.length === 0 ? resource : undefined;
}

/** RFC 9396 §2.2; the text has been read as JSON before. */
function locationOf(text: unknown): unknown {
  const details: unknown = typeof text === 'string' ? JSON.parse(text) : undefined;
  const [detail] = Array.isArray(details) ? (details as unknown[]) : [];
  const locations = isRecord(detail) ? detail['locations'] : undefined;
  return Array.isArray(locations) ? (locations as unknown[])[0] : undefined;
}
