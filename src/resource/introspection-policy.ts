import type { ResourceConfig } from '../config/schema.js';
import type { FoundRefreshToken } from '../provider/refresh-token-store.js';
import type { GrantedModelCall } from '../stepup/model-call.js';
import type { IntrospectedToken } from './introspection-store.js';

/** RFC 7662 §2.2. */
export interface ActiveToken {
  readonly active: true;
  readonly iss: string;
  readonly client_id: string;
  readonly scope?: string;
  readonly sub?: string;
  readonly aud?: string;
  readonly exp: number;
  readonly iat: number;
  /** Only of a JWT, whose holder has read it already; an opaque token's id is the token itself. */
  readonly jti?: string;
  readonly token_type?: 'DPoP' | 'Bearer';
  readonly cnf?: Confirmation;
  readonly acr?: string;
  readonly amr?: readonly string[];
  readonly auth_time?: number;
  /** RFC 9396 §9.1: what still holds and is for this resource server. */
  readonly authorization_details?: readonly GrantedModelCall[];
}

/** RFC 9449 §6.2, RFC 8705 §3.2: the key or the certificate that the token is bound to. */
export type Confirmation = { readonly jkt: string } | { readonly 'x5t#S256': string };

export type Introspection = ActiveToken | { readonly active: false };

/** RFC 7662 §2.2: nothing more is said of a token that is not active, whatever the reason. */
export const inactive: Introspection = { active: false };

export interface IntrospectionView {
  readonly issuer: string;
  /** client_id of whoever asks. */
  readonly caller: string;
  /** Seconds since the epoch. */
  readonly now: number;
  readonly resource: (identifier: string) => ResourceConfig | undefined;
  /** Whether the config file still has the client. */
  readonly configured: (clientId: string) => boolean;
}

/** A token as it was read; its payload only where it can matter. */
type DescribedToken = IntrospectedToken & { readonly payload?: Readonly<Record<string, unknown>> };

/**
 * What the caller may know of an access token. Only the `resource_servers` of its audience may know anything, so not
 * even the client that holds it, unless it is listed: nobody gets an oracle for stolen tokens.
 */
export function describeAccessToken(
  token: DescribedToken | undefined,
  jti: string | undefined,
  view: IntrospectionView,
): Introspection {
  const told = tellOfAccessToken(token, jti, view);
  return told ? withoutUndefined(told) : inactive;
}

/** The same with members that are undefined, which JSON leaves out; undefined: it is not active. */
export function tellOfAccessToken(
  token: DescribedToken | undefined,
  jti: string | undefined,
  view: IntrospectionView,
): Loose<Required<ActiveToken>> | undefined {
  if (!token?.alive || token.expiresAt <= view.now) return undefined;
  // A client that was taken out of the config file is gone, and its tokens with it.
  if (token.clientSource === 'config' && !view.configured(token.clientId)) return undefined;
  // Law 1: a token without audience is good for userinfo alone.
  if (token.audience === undefined) return undefined;
  const resource = view.resource(token.audience);
  // RFC 7662 §4, RFC 9701 §5: to a resource server that the token is not for, it is not active.
  if (!resource?.resource_servers.includes(view.caller)) return undefined;
  // Law 1: no token for a resource lives without its key. What bearer credentials may do, POST /calls alone decides.
  const cnf = confirmationOf(token);
  if (cnf === undefined) return undefined;
  return {
    active: true,
    iss: view.issuer,
    client_id: token.clientId,
    scope: token.scope,
    sub: token.accountId,
    aud: token.audience,
    exp: token.expiresAt,
    iat: token.issuedAt,
    jti,
    // RFC 9449 §6.2: of a token with a key the type is DPoP. One with a certificate is presented as Bearer (RFC 8705 §3).
    token_type: token.jkt === undefined ? 'Bearer' : 'DPoP',
    cnf,
    // RFC 9470 §6.2
    acr: token.acr,
    amr: token.amr,
    auth_time: token.authTime,
    authorization_details: detailsFor(token, view.now),
  };
}

function confirmationOf({
  jkt,
  certificate,
}: Pick<DescribedToken, 'jkt' | 'certificate'>): Confirmation | undefined {
  if (jkt !== undefined) return { jkt };
  return certificate === undefined ? undefined : { 'x5t#S256': certificate };
}

/** RFC 9396 §9.1: filtered to what the resource server is concerned with. */
function detailsFor(
  { payload, audience }: DescribedToken,
  now: number,
): readonly GrantedModelCall[] | undefined {
  const granted = (payload?.['rar'] ?? []) as readonly GrantedModelCall[];
  const told = granted.filter(
    ({ locations, expires_at: end }) => end > now && locations.some((location) => location === audience),
  );
  return told.length === 0 ? undefined : told;
}

/** Law 6: a refresh token is active only to its own client; a resource server has no use for one but theft. */
export function describeRefreshToken(
  token: FoundRefreshToken | undefined,
  view: IntrospectionView,
): Introspection {
  if (!token?.alive || token.consumedAt !== undefined || token.expiresAt <= view.now) return inactive;
  if (token.clientId !== view.caller) return inactive;
  const scope = token.payload['scope'];
  return withoutUndefined({
    active: true,
    iss: view.issuer,
    client_id: token.clientId,
    scope: typeof scope === 'string' ? scope : undefined,
    sub: token.accountId,
    exp: token.expiresAt,
    iat: token.issuedAt,
    cnf: confirmationOf(token),
  });
}

type Loose<Shape> = { [Name in keyof Shape]: Shape[Name] | undefined };

function withoutUndefined(token: Loose<Required<ActiveToken>> | Loose<Partial<ActiveToken>>): ActiveToken {
  const told: Record<string, unknown> = {};
  for (const name of Object.keys(token) as (keyof typeof token)[]) {
    if (token[name] !== undefined) told[name] = token[name];
  }
  return told as never;
}
