import type { EventEmitter } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { browserKey, isToken } from '../accounts/known-browser-service.js';
import { requestContext } from '../http/request-context.js';
import { codeOf } from '../lib/error-code.js';
import { deriveKey } from '../lib/hashing.js';
import { isLoopbackHost } from '../lib/hosts.js';
import { createAdapterFactory } from '../provider/adapter.js';
import type { ProviderPorts } from '../provider/create-provider.js';
import { logoutSource } from '../provider/logout-page.js';
import { refusalOfError } from '../provider/provider-error.js';
import type { Provider } from '../provider/provider-route.js';
import { showRefusal } from '../provider/refusal-page.js';
import { watchRefusals } from '../provider/refusal-watch.js';
import { createResources } from '../provider/resources.js';
import type { SessionPorts } from '../provider/session-adapter.js';
import { sessionLimitsOf } from '../provider/session-limits.js';
import { postLogoutSuccessSource } from '../provider/signed-out-page.js';
import type { Storage } from '../storage/storage.js';
import type { Observed } from './observed.js';
import { knownBrowsersKey } from './code-parts.js';
import type { AppOptions, RunningOptions } from './options.js';

/** What oidc-provider is made from. */
export function providerPorts(
  storage: Storage,
  { config, tiers, masterKey, clock, random }: RunningOptions,
  { site, events, circumstances }: Observed,
  {
    fetch,
    clientAuthorities,
    exchange,
    sessionDevices,
  }: Pick<ProviderPorts, 'clientAuthorities' | 'exchange'> &
    Pick<SessionPorts, 'sessionDevices'> & { readonly fetch: typeof globalThis.fetch },
): ProviderPorts {
  const pages = { site, clock, requestId: idOf };
  const browsers = knownBrowsersKey(masterKey);
  const keyOf = (token: string, accountId: string) =>
    isToken(token) ? browserKey(browsers, token, accountId).toString('hex') : undefined;
  return {
    config,
    tiers,
    masterKey,
    clock,
    random,
    events,
    fetch,
    clientAuthorities,
    exchange,
    certificateOf: (request) => requestContext(request).certificate,
    stores: storage,
    accounts: storage.accounts,
    boundSessions: storage.boundSessions,
    replays: storage.replays,
    revokedKeys: storage.revokedKeys,
    approvals: storage.approvals,
    backchannelRequests: storage.backchannelRequests,
    transaction: storage.transaction,
    resources: createResources(config.resources),
    adapter: createAdapterFactory(
      storage,
      { clock, circumstances, sessionDevices, browserKey: keyOf, limits: sessionLimitsOf(config) },
      deriveKey(masterKey, 'interaction'),
    ),
    renderError: (ctx, _out, error) => showRefusal(pages, ctx, refusalOfError(error)),
    logoutSource: logoutSource(site),
    postLogoutSuccessSource: postLogoutSuccessSource(site),
  };
}

/** Lets every refusal of one provider reach log, metrics and `holdfast explain`. */
export function watch(
  provider: Provider,
  { config, logger }: AppOptions,
  { events, refusalLog }: Observed,
): void {
  // Koa's, of an answer that was under way; without a listener it would go to stderr, past our log.
  (provider as EventEmitter).on('error', (error: Error) => {
    const gone = ['ECONNRESET', 'EPIPE'].includes(codeOf(error) ?? '');
    logger[gone ? 'debug' : 'error']({ err: error }, 'an answer broke off');
  });
  watchRefusals(provider, {
    events,
    explain: isLoopbackHost(new URL(config.issuer).hostname),
    requestId: idOf,
    note: (ctx, refusal, error) => {
      const { method, path } = ctx;
      const requestId = idOf(ctx);
      if (refusal.code === 'server_error') {
        logger.error({ err: error, request_id: requestId, path }, 'unexpected error');
      }
      refusalLog.note(refusal, { requestId, method, path, clientId: ctx.oidc.client?.clientId });
    },
  });
}

function idOf(ctx: { readonly req: IncomingMessage }): string {
  return requestContext(ctx.req).requestId;
}
