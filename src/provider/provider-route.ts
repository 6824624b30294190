import type { Context, Middleware, Next } from 'koa';
import type { Client, KoaContextWithOIDC, OIDCContext, Provider } from 'oidc-provider';
import { harmless } from '../lib/harmless.js';
import { isRecord } from '../lib/json.js';
import { refuse } from '../lib/refusal.js';
import {
  assembleParameters,
  clientAuthentication,
  clientAuthenticationParameters,
  cors,
  enterProviderContext,
  errorHandler,
  instance,
  noCache,
  parseJsonBody,
  parseUrlencodedBody,
  rejectDuplicates,
} from './internals.js';
import { requestRefused } from './provider-error.js';
import type { WatchedEvent } from './refusal-watch.js';

export type { Provider };

/** One of our endpoints, served as if oidc-provider had it. */
export interface ProviderRoute {
  /** Route name. A name that oidc-provider has (`introspection`) keeps its path and replaces what it does there. */
  readonly name: string;
  /** Path of a name that oidc-provider lacks. */
  readonly path: string;
  /** Form parameters beside those of client authentication; any other is ignored (RFC 6749 §3.2). */
  readonly parameters: readonly string[];
  /** Default POST. With GET nothing but `client_id` is read from the query: a secret has no place in an address. */
  readonly method?: 'POST' | 'GET';
  /** Default `form`. Of JSON only client authentication is read here; the rest is the handler's, by `jsonMembers`. */
  readonly body?: 'form' | 'json';
  /** Emitted on the provider when the request is refused, e.g. `introspection.error`. */
  readonly errorEvent: WatchedEvent;
}

/** The context of our endpoints: client authentication is done, every parameter is there once or not at all. */
export type AuthenticatedContext = KoaContextWithOIDC & {
  readonly oidc: OIDCContext & {
    readonly client: Client;
    readonly params: Readonly<Record<string, string | undefined>>;
  };
};

export type RouteHandler = (ctx: AuthenticatedContext) => Promise<void>;

/**
 * Serves an endpoint inside oidc-provider's own context and by its own middleware: error answers and events,
 * CORS, body limit, client authentication (assertion audiences included), duplicates. To be attached with
 * `provider.use`, so that it runs before the provider's router. Paths are matched by that very router: `/Introspect/`
 * can't reach the stock handler behind ours.
 */
export function providerRoute(provider: Provider, route: ProviderRoute, handler: RouteHandler): Middleware {
  const { method = 'POST' } = route;
  const allowOrigin = cors({
    allowMethods: method,
    clientBased: true,
    maxAge: 3600,
    exposeHeaders: ['DPoP-Nonce', 'WWW-Authenticate'],
  });
  const run = chain([
    errorHandler(route.errorEvent),
    allowOrigin,
    noCache,
    ...bodyParsers(route),
    (ctx, next) => assembleParameters(parameterNames(route, ctx), ctx, next),
    ...clientAuthentication,
    (ctx, next) => rejectDuplicates({}, ctx, next),
    (ctx) => handler(ctx as unknown as AuthenticatedContext),
  ]);
  const { router } = instance(provider);
  if (router.url(route.name) instanceof Error) {
    // Known to the router so that urlFor, `htu` and assertion audiences find it; the handlers are ours below.
    router.post(route.name, route.path);
  }
  // oidc-provider's own /backchannel answers no preflight.
  if (router.url(`cors.${route.name}`) instanceof Error) {
    router.options(`cors.${route.name}`, pathOf(router, route), (ctx) =>
      enterProviderContext(provider, ctx, `cors.${route.name}`, () =>
        Promise.resolve(allowOrigin(ctx, () => Promise.resolve())),
      ),
    );
  }
  return (ctx, next) => {
    if (ctx.method === 'OPTIONS' || router.match('POST', ctx.path)?.route.name !== route.name) return next();
    if (ctx.method !== method) {
      ctx.set('Allow', `${method}, OPTIONS`);
      throw refuse('method_not_allowed', `${ctx.method} ${harmless(ctx.path)}`);
    }
    return enterProviderContext(provider, ctx, route.name, () => run(ctx, next));
  };
}

/** A name that oidc-provider has keeps its path. */
function pathOf(router: { url(name: string): string | Error }, route: ProviderRoute): string {
  const url = router.url(route.name);
  return url instanceof Error ? route.path : url;
}

function bodyParsers({ method, body }: ProviderRoute): Middleware[] {
  if (method === 'GET') return [];
  return body === 'json' ? [parseJsonBody, demandObject] : [parseUrlencodedBody];
}

function parameterNames(route: ProviderRoute, ctx: Context): Set<string> {
  if (route.method === 'GET') return new Set(['client_id']);
  return new Set([...route.parameters, ...clientAuthenticationParameters(ctx)]);
}

/** The JSON object that was posted, without what authenticates the client. */
export function jsonMembers(ctx: AuthenticatedContext): Readonly<Record<string, unknown>> {
  const authenticating = clientAuthenticationParameters(ctx);
  const members = Object.entries(ctx.oidc.body as Record<string, unknown>);
  return Object.fromEntries(members.filter(([name]) => !authenticating.has(name)));
}

/** A form's parameters are strings by nature; oidc-provider's client authentication counts on it. */
function demandObject(ctx: Context, next: Next): Promise<unknown> {
  const { body } = (ctx as KoaContextWithOIDC).oidc;
  if (!isRecord(body)) throw requestRefused('request_malformed', 'the body must be a JSON object');
  for (const name of clientAuthenticationParameters(ctx)) {
    const value = body[name];
    if (value !== undefined && typeof value !== 'string') {
      throw requestRefused('request_malformed', `${name} must be a string`);
    }
  }
  return next();
}

function chain(steps: readonly Middleware[]): (ctx: Context, next: Next) => Promise<unknown> {
  const from = (index: number, ctx: Context, next: Next): Promise<unknown> => {
    const step = steps[index];
    return step ? Promise.resolve(step(ctx, () => from(index + 1, ctx, next))) : next();
  };
  return (ctx, next) => from(0, ctx, next);
}
