import { errors, type Provider } from 'oidc-provider';
import type { Acr } from '../accounts/authentication.js';
import { isQuotable } from '../lib/chosen-name.js';
import { harmless } from '../lib/harmless.js';
import { modelCallType, type ModelCallRequest } from '../stepup/model-call.js';
import { readModelCall } from '../stepup/model-call-policy.js';
import type { Tiers } from '../stepup/tiers.js';
import { leastAcr } from './acr-demand.js';
import { checkDpopReplay, instance, validateDpop } from './internals.js';
import { offeredAcrs } from './offered-acrs.js';
import { withRefusal } from './provider-error.js';
import type { AuthenticatedContext } from './provider-route.js';
import type { Resources } from './resources.js';

export const backchannelParameters = [
  'scope',
  'login_hint',
  'id_token_hint',
  'login_hint_token',
  'binding_message',
  'authorization_details',
  'resource',
  'acr_values',
  'requested_expiry',
  'client_notification_token',
  'dpop_jkt',
  'request',
] as const;

const longestHint = 320;
const longestMessage = 64;

function invalid(detail: string): Error {
  return new errors.InvalidRequest(detail);
}

/** CIBA §7.1: exactly one hint. */
export async function readHint(provider: Provider, { oidc }: AuthenticatedContext): Promise<string> {
  const { login_hint: login, id_token_hint: idToken, login_hint_token: token } = oidc.params;
  if ([login, idToken, token].filter((each) => each !== undefined).length !== 1) {
    throw invalid('exactly one of login_hint and id_token_hint is needed');
  }
  if (token !== undefined) throw invalid('login_hint_token is not supported');
  if (login !== undefined) {
    if (login.length > longestHint || login.includes('\0'))
      throw invalid('login_hint is too long or malformed');
    return login;
  }
  return subjectOf(provider, idToken ?? '', oidc.client);
}

/** CIBA §7.1: an ID token of ours for this client; that it has expired does not matter. */
async function subjectOf(
  provider: Provider,
  idToken: string,
  client: AuthenticatedContext['oidc']['client'],
): Promise<string> {
  const { IdToken } = provider as unknown as {
    IdToken: { validate(jwt: string, client: unknown): Promise<{ payload: { sub?: unknown } }> };
  };
  try {
    const { payload } = await IdToken.validate(idToken, client);
    if (typeof payload.sub === 'string') return payload.sub;
  } catch {
    // The same answer as for one without a subject.
  }
  throw invalid('id_token_hint is not valid');
}

/** CIBA §7.1: scope contains openid; and nothing that the client could not ask for elsewhere. */
export function readScope(provider: Provider, { oidc }: AuthenticatedContext, resourceScope: string): string {
  const asked = oidc.requestParamScopes;
  if (!asked.has('openid')) throw new errors.InvalidScope('openid is needed', 'openid');
  const { scopes: known } = instance(provider).configuration;
  const ofResource = new Set(resourceScope.split(' '));
  const allowed = oidc.client.scope === undefined ? undefined : new Set(oidc.client.scope.split(' '));
  for (const scope of asked) {
    const ours = new Set(known).has(scope);
    if (!ours && !ofResource.has(scope))
      throw new errors.InvalidScope('the scope is not known', harmless(scope));
    if (ours && allowed && !allowed.has(scope)) {
      throw new errors.InvalidScope('requested scope is not allowed', harmless(scope));
    }
  }
  return [...asked].join(' ');
}

/** Any of those that are named will do (Core §3.1.2.1), so the weakest is what is demanded; none supported: no demand. */
export function readAcr(provider: Provider, { oidc }: AuthenticatedContext): Acr | undefined {
  return leastAcr(oidc.params['acr_values'], offeredAcrs(provider));
}

/** CIBA §7.1: both sides show it; §13: invalid_binding_message. */
export function readBindingMessage({ oidc }: AuthenticatedContext): string | undefined {
  const message = oidc.params['binding_message'];
  if (message === undefined) return undefined;
  if (message.trim() !== '' && Array.from(message).length <= longestMessage && isQuotable(message))
    return message;
  const description = `binding_message must be one line of at most ${longestMessage} visible characters, without quotation marks`;
  throw withRefusal(new errors.InvalidBindingMessage(description), 'binding_message_invalid');
}

/** CIBA §7.1: requested_expiry is a positive integer. */
export function readLifetime({ oidc }: AuthenticatedContext): number | undefined {
  const text = oidc.params['requested_expiry'];
  if (text === undefined) return undefined;
  if (!/^[1-9][0-9]{0,8}$/.test(text)) throw invalid('requested_expiry must be a positive integer');
  return Number(text);
}

/** CIBA §7.1: needed for ping; syntax of a bearer token, at most 1024 characters, at least 128 bits. */
export function readPing({ oidc }: AuthenticatedContext): { endpoint: string; token: string } | undefined {
  const { backchannelTokenDeliveryMode: mode, backchannelClientNotificationEndpoint: endpoint } = oidc.client;
  if (mode !== 'ping' || endpoint === undefined) return undefined;
  const token = oidc.params['client_notification_token'];
  if (token === undefined) throw invalid('client_notification_token is needed for ping');
  if (!/^[A-Za-z0-9._~+/-]{22,1024}=*$/.test(token) || token.length > 1024) {
    throw invalid('client_notification_token must be a bearer token of 22 to 1024 characters');
  }
  return { endpoint, token };
}

/**
 * The key that alone will redeem the request: RFC 9449 §10, as at the authorization endpoint and /par. Taken at the
 * beginning, so that whoever steals auth_req_id on its way has nothing.
 */
export async function readKey(provider: Provider, ctx: AuthenticatedContext): Promise<string> {
  const named = ctx.oidc.params['dpop_jkt'];
  const proof = await validateDpop(provider, ctx);
  await checkDpopReplay(provider, ctx, proof, ctx.oidc.client.clientId);
  if (named !== undefined && !/^[A-Za-z0-9_-]{43}$/.test(named)) throw invalid('dpop_jkt is malformed');
  // RFC 9449 §10.1: with both, they are of one key.
  if (named !== undefined && proof && proof.thumbprint !== named) {
    throw withRefusal(
      new errors.InvalidRequest('DPoP proof key thumbprint does not match dpop_jkt'),
      'backchannel_key_missing',
      'two keys',
    );
  }
  const jkt = proof?.thumbprint ?? named;
  if (jkt !== undefined) return jkt;
  throw withRefusal(
    new errors.InvalidRequest('dpop_jkt or a DPoP proof is needed'),
    'backchannel_key_missing',
    'no key',
  );
}

export interface AskedModels {
  readonly resource: string | undefined;
  readonly modelCall: ModelCallRequest | undefined;
  /** What the resource knows. */
  readonly scope: string;
}

/** RFC 9396 §6, RFC 8707 §2: models and resource; each implies the other, and scopes imply the resource. */
export function readModels(
  ctx: AuthenticatedContext,
  { resources, tiers, identifiers }: { resources: Resources; tiers: Tiers; identifiers: readonly string[] },
): AskedModels {
  const { authorization_details: details, resource: named } = ctx.oidc.params;
  // RFC 9396 §10: the types that the client registered, as at the authorization endpoint.
  const { authorizationDetailsTypes: types } = ctx.oidc.client;
  if (details !== undefined && types?.includes(modelCallType) === false) {
    throw new errors.InvalidAuthorizationDetails(
      'the client may not ask for this type: its authorization_details_types do not name it',
    );
  }
  const modelCall = details === undefined ? undefined : modelsOf(details, named, tiers, identifiers);
  const implied = named ?? modelCall?.resource ?? resources.impliedBy(ctx);
  if (Array.isArray(implied)) {
    throw withRefusal(new errors.InvalidTarget(), 'resource_invalid', 'several resources have these scopes');
  }
  if (implied === undefined) return { resource: undefined, modelCall, scope: '' };
  const { scope } = resources.infoFor(implied, ctx.oidc.client);
  return { resource: implied, modelCall, scope };
}

function modelsOf(
  text: string,
  resource: string | undefined,
  { current }: Tiers,
  resources: readonly string[],
): ModelCallRequest {
  const read = readModelCall(text, { tiers: current, resources, resource });
  if (read.ok) return read.value;
  const { code, detail } = read.refusal;
  throw withRefusal(new errors.InvalidAuthorizationDetails(detail ?? 'malformed'), code, detail);
}
