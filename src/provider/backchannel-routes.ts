import { errors } from 'oidc-provider';
import type { Middleware } from 'koa';
import type { Config } from '../config/schema.js';
import { requestContext } from '../http/request-context.js';
import { addressBucket } from '../lib/address-bucket.js';
import type { Refusal } from '../lib/refusal.js';
import type { BackchannelAskingService, Asking } from '../stepup/backchannel-asking-service.js';
import type { Tiers } from '../stepup/tiers.js';
import { backchannelGrantType } from './backchannel-grant.js';
import {
  backchannelParameters,
  readAcr,
  readBindingMessage,
  readHint,
  readKey,
  readLifetime,
  readModels,
  readPing,
  readScope,
} from './backchannel-parameters.js';
import { rateLimited, throughStore, withRefusal } from './provider-error.js';
import { providerRoute, type AuthenticatedContext, type Provider } from './provider-route.js';
import type { Resources } from './resources.js';

export interface BackchannelRoutePorts {
  readonly config: Config;
  readonly resources: Resources;
  readonly tiers: Tiers;
  readonly asking: BackchannelAskingService;
  /** Seconds to wait when this asker has asked too often, else undefined. */
  readonly takeBackchannel: (asker: string) => number | undefined;
}

/** POST /backchannel: CIBA §7, in place of oidc-provider's, which knows no key, no interval and no phantom. */
export function backchannelRoute(provider: Provider, ports: BackchannelRoutePorts): Middleware {
  const route = {
    name: 'backchannel_authentication',
    path: '/backchannel',
    parameters: backchannelParameters,
    errorEvent: 'backchannel_authentication.error',
  } as const;
  return providerRoute(provider, route, async (ctx) => {
    checkClient(ctx, ports.config);
    const wait = ports.takeBackchannel(askerOf(ctx));
    if (wait !== undefined) throw later(ctx, { code: 'rate_limited', retryAfter: wait });
    const asking = await readAsking(provider, ctx, ports);
    const asked = await throughStore(() => ports.asking.ask(asking));
    if (!asked.ok) throw later(ctx, asked.refusal);
    const { authReqId, expiresIn, interval, matchingNumber, approvalUri } = asked.value;
    ctx.body = {
      auth_req_id: authReqId,
      expires_in: expiresIn,
      interval,
      matching_number: matchingNumber,
      approval_uri: approvalUri,
    };
  });
}

/** CIBA §4: the client registered the grant. Anyone can give a public client's id, so only those that we know. */
function checkClient({ oidc: { client } }: AuthenticatedContext, { backchannel }: Config): void {
  if (!client.grantTypeAllowed(backchannelGrantType)) throw notAllowed('the grant type is not registered');
  if (client.clientAuthMethod === 'none' && !backchannel.public_clients.includes(client.clientId)) {
    throw notAllowed('a public client that backchannel.public_clients does not list');
  }
}

/** Whom the budget is kept for. Anyone can give a public client's id, so one network must not use up what all others have. */
function askerOf(ctx: AuthenticatedContext): string {
  const { clientId } = ctx.oidc.client;
  const address = publicAddress(ctx);
  return address === undefined ? clientId : `${clientId} ${addressBucket(address)}`;
}

/** Where a client asks from that anybody may claim to be; undefined: it has authenticated itself. */
function publicAddress({ oidc: { client }, req }: AuthenticatedContext): string | undefined {
  return client.clientAuthMethod === 'none' ? requestContext(req).clientAddress : undefined;
}

function notAllowed(detail: string): Error {
  return withRefusal(
    new errors.UnauthorizedClient('the client may not ask people on another device'),
    'client_not_allowed',
    detail,
  );
}

async function readAsking(
  provider: Provider,
  ctx: AuthenticatedContext,
  ports: BackchannelRoutePorts,
): Promise<Asking> {
  const { client, params } = ctx.oidc;
  if (params['request'] !== undefined) throw new errors.RequestNotSupported('request is not supported');
  const identifiers = ports.config.resources.map(({ identifier }) => identifier);
  const { resource, modelCall, scope } = readModels(ctx, { ...ports, identifiers });
  return {
    clientId: client.clientId,
    hint: await readHint(provider, ctx),
    scope: readScope(provider, ctx, scope),
    resource,
    modelCall,
    acr: readAcr(provider, ctx),
    bindingMessage: readBindingMessage(ctx),
    lifetime: readLifetime(ctx),
    ping: readPing(ctx),
    // Last: a proof is used up, and the client may yet mend the rest.
    jkt: await readKey(provider, ctx),
    publicAt: publicAddress(ctx),
  };
}

/** 429 and when to come back. */
function later(ctx: AuthenticatedContext, { code, detail, retryAfter }: Refusal): Error {
  if (retryAfter !== undefined) ctx.set('Retry-After', String(retryAfter));
  return withRefusal(rateLimited(detail ?? code), code, detail);
}
