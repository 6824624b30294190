import { calculateJwkThumbprint, decodeProtectedHeader } from 'jose';
import type { Context, Middleware } from 'koa';
import { errors, type Provider } from 'oidc-provider';
import { requestContext } from '../http/request-context.js';
import { epochSeconds, type Clock } from '../lib/clock.js';
import { sha256 } from '../lib/hashing.js';
import { parseOpaqueToken } from '../lib/opaque-token.js';
import type { SecurityEvents } from '../observability/events.js';
import { proofAlgorithms } from '../proof/proof.js';
import type { AccessTokenStore, FoundAccessToken } from './access-token-store.js';
import { cors, enterProviderContext, errorHandler, instance, sendNextNonce } from './internals.js';
import { thumbprintOf as certificateThumbprint } from './mutual-tls.js';
import { proofRefused, throughStore, withRefusal } from './provider-error.js';

export interface UserinfoGuardPorts {
  readonly accessTokens: Pick<AccessTokenStore, 'find'>;
  readonly events: Pick<SecurityEvents, 'tokenMisuse'>;
  readonly clock: Clock;
}

interface Presented {
  readonly scheme: string;
  readonly token: string;
}

type Misuse = Parameters<SecurityEvents['tokenMisuse']>[0]['how'];

/**
 * Userinfo for whoever lacks the key: refused before anything is said of the token. oidc-provider looks at the scope
 * first and names the scheme that the token wants, which tells a thief that it lives; and it takes a missing proof for a
 * malformed request. Dead, unknown and stolen tokens get the same bytes here (law 6), after the same statement.
 */
export function userinfoGuard(provider: Provider, ports: UserinfoGuardPorts): Middleware {
  const answerError = errorHandler('userinfo.error');
  const allowOrigin = cors({
    allowMethods: 'GET,POST',
    clientBased: true,
    maxAge: 3600,
    exposeHeaders: ['DPoP-Nonce', 'WWW-Authenticate'],
  });
  const refuse = (ctx: Context, error: Error): Promise<unknown> => {
    setChallenge(ctx, error.message);
    sendNextNonce(provider, ctx);
    const fail = () => Promise.reject(error);
    return enterProviderContext(provider, ctx, 'userinfo', () =>
      Promise.resolve(answerError(ctx, () => Promise.resolve(allowOrigin(ctx, fail)))),
    );
  };

  return async (ctx, next) => {
    if (instance(provider).router.match(ctx.method, ctx.path)?.route.name !== 'userinfo') return next();
    const presented = readPresented(ctx);
    if (!presented) return next();
    const found = await findLiving(ports, presented.token);
    const how = await misuseOf(ctx, presented, found);
    if (found && (found.jkt ?? found.certificate) !== undefined && how !== undefined) tell(ports, found, how);
    const error = errorFor(found, how);
    return error ? refuse(ctx, error) : next();
  };
}

async function findLiving(
  { accessTokens, clock }: UserinfoGuardPorts,
  token: string,
): Promise<FoundAccessToken | undefined> {
  const parsed = parseOpaqueToken(token);
  if (parsed?.kind !== 'access_token') return undefined;
  const found = await throughStore(() => accessTokens.find(sha256(token), parsed.bucket));
  return found?.alive && found.expiresAt > epochSeconds(clock) ? found : undefined;
}

/** How the token is presented without its key; undefined where it may be with it, or needs none. */
async function misuseOf(
  ctx: Context,
  { scheme }: Presented,
  found: FoundAccessToken | undefined,
): Promise<Misuse | undefined> {
  const proof = ctx.get('DPoP');
  // RFC 9449 §7.1: with the scheme DPoP comes a proof.
  if (scheme === 'dpop' && proof === '') return 'no_proof';
  // RFC 8705 §3: the certificate of the connection MUST be the one that the token is bound to.
  if (found?.certificate !== undefined && found.certificate !== certificateOf(ctx)) return 'wrong_key';
  if (found?.jkt === undefined) return undefined;
  // RFC 9449 §7.2: a bound token presented as Bearer MUST be refused, also when a proof comes along.
  if (scheme !== 'dpop') return 'bearer';
  // RFC 9449 §4.3 check 12. That the key really signed is oidc-provider's to check; here, whose key it claims to be.
  const claimed = await thumbprintOf(proof);
  return claimed === undefined || claimed === found.jkt ? undefined : 'wrong_key';
}

function errorFor(found: FoundAccessToken | undefined, how: Misuse | undefined): Error | undefined {
  if (how === 'no_proof') return unauthorized(proofRefused({ code: 'proof_missing' }));
  if (how === 'bearer') return withRefusal(new errors.InvalidToken(''), 'token_presented_as_bearer');
  if (how === 'wrong_key') return withRefusal(new errors.InvalidToken(''), 'token_wrong_key');
  return found ? undefined : withRefusal(new errors.InvalidToken(''), 'token_inactive');
}

/** RFC 9449 §7.1: a protected resource answers with 401. */
function unauthorized(error: Error): Error {
  return Object.assign(error, { status: 401, statusCode: 401 });
}

function tell({ events }: UserinfoGuardPorts, { clientId, grantId }: FoundAccessToken, how: Misuse): void {
  events.tokenMisuse({ clientId, ...(grantId === undefined ? {} : { grantId }), how });
}

/** RFC 9449 §7.1, RFC 6750 §3. The same whatever the token is; only identity-only clients have any use for Bearer. */
function setChallenge(ctx: Context, error: string): void {
  const algorithms = proofAlgorithms.join(' ');
  ctx.set('WWW-Authenticate', [`DPoP error="${error}", algs="${algorithms}"`, `Bearer error="${error}"`]);
}

function certificateOf({ req }: Context): string | undefined {
  const { certificate } = requestContext(req);
  return certificate && certificateThumbprint(certificate.leaf);
}

async function thumbprintOf(proof: string): Promise<string | undefined> {
  try {
    const { jwk } = decodeProtectedHeader(proof);
    return jwk && (await calculateJwkThumbprint(jwk));
  } catch {
    return undefined;
  }
}

/** The token of the Authorization header or, as RFC 6750 §2.2 allows, of the form. Undefined: oidc-provider's to refuse. */
function readPresented(ctx: Context): Presented | undefined {
  const [scheme = '', token, ...rest] = ctx.get('Authorization').split(' ');
  if (token !== undefined && rest.length === 0 && /^(dpop|bearer)$/i.test(scheme)) {
    return { scheme: scheme.toLowerCase(), token };
  }
  if (scheme !== '' || !ctx.is('application/x-www-form-urlencoded')) return undefined;
  // As forgiving as oidc-provider's own reader: a form that only we find malformed must not get past us.
  const tokens = new URLSearchParams(requestContext(ctx.req).body.toString()).getAll('access_token');
  return tokens.length === 1 && tokens[0] ? { scheme: 'bearer', token: tokens[0] } : undefined;
}
