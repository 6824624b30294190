import { consoleRoutes } from '../console/console-routes.js';
import { below } from '../http/below.js';
import { requestScope } from '../http/request-scope.js';
import { refusalsMiddleware } from '../http/refusals.js';
import { backchannelApproveRoutes } from '../provider/backchannel-approve-routes.js';
import { backchannelRoute } from '../provider/backchannel-routes.js';
import { correctDiscovery } from '../provider/account-client.js';
import { finishingBrowser } from '../provider/finishing-browser.js';
import { handOverRoutes } from '../provider/hand-over-routes.js';
import { homeRoutes } from '../provider/home-routes.js';
import { interactionRoutes } from '../provider/interaction-routes.js';
import { postedRequestRoutes } from '../provider/posted-request-routes.js';
import type { Provider } from '../provider/provider-route.js';
import { relatedOriginsRoutes } from '../provider/related-origins-routes.js';
import { relyingOriginsRoutes } from '../provider/relying-origins-routes.js';
import { jwksCaching } from '../provider/signing-keys-routes.js';
import { type UpstreamServices, upstreamRoutes } from '../provider/upstream-routes.js';
import { userinfoGuard } from '../provider/userinfo-routes.js';
import { recoveryRoutes } from '../provider/recovery-routes.js';
import { recoveryUndoRoutes } from '../provider/recovery-undo-routes.js';
import { sourceLogoutRoutes, type SourceLogoutPorts } from '../provider/source-logout-routes.js';
import { signUpRoutes } from '../provider/sign-up-routes.js';
import { resourceRoutes, type ResourceRoutePorts } from '../resource/resource-routes.js';
import type { NoticeOutbox } from '../stepup/notice-outbox.js';
import type { Storage } from '../storage/storage.js';
import type { RateLimiter } from '../http/rate-limit.js';
import type { PushService } from '../stepup/push-service.js';
import { assetsRoutes } from '../web/assets-routes.js';
import { languageRoutes } from '../web/language-routes.js';
import { pushWorkerRoutes } from '../web/push-worker-routes.js';
import { approvePorts } from './approve.js';
import type { AccountParts } from './account-parts.js';
import { backchannelParts } from './backchannel.js';
import { consolePorts } from './console.js';
import type { Demo } from './demo.js';
import type { Observed } from './observed.js';
import type { RunningOptions } from './options.js';
import { interactionKey, interactionPorts } from './people.js';
import { sessionBinding, type SessionBindingParts } from './session-binding.js';

/** Of the config's clients and the database's. */
async function metadataOfClients({ clients }: Storage, { config }: RunningOptions) {
  const stored = await clients.list();
  return [...config.clients, ...stored.flatMap(({ metadata }) => (metadata ? [metadata] : []))];
}

interface RouteParts {
  readonly push: PushService;
  readonly notices: NoticeOutbox;
  readonly limiter: RateLimiter;
  readonly resource: ResourceRoutePorts;
  readonly people: AccountParts;
  readonly upstream: UpstreamServices;
  readonly exchange: Pick<SourceLogoutPorts, 'trusted' | 'exchanges'>;
  readonly demo: Demo;
  readonly binding: SessionBindingParts;
}

/** Ours, which run before the provider's own. */
export function routes(
  provider: Provider,
  storage: Storage,
  options: RunningOptions,
  observed: Observed,
  { resource, people, upstream, exchange, push, notices, limiter, demo, binding }: RouteParts,
) {
  const asked = backchannelParts(provider, storage, options, observed, { people, notices, limiter });
  const parts = { people, upstream, push, binding, ...asked };
  const interaction = interactionPorts(provider, storage, options, observed, people);
  return [
    requestScope,
    refusalsMiddleware({ ...observed, logger: options.logger }),
    assetsRoutes(observed.site.assets),
    pushWorkerRoutes(observed.site.assets),
    languageRoutes(observed.site),
    correctDiscovery(provider),
    jwksCaching(provider, () => options.config.key_rotation),
    relatedOriginsRoutes(options.config.issuer, options.config.related_origins),
    relyingOriginsRoutes(() => metadataOfClients(storage, options)),
    ...(demo ? [below(['/demo'], demo.routes)] : []),
    homeRoutes(observed.site),
    handOverRoutes(observed.site),
    postedRequestRoutes(provider),
    ...sessionBinding(provider, storage, options, observed, binding),
    finishingBrowser(provider, interactionKey(options)),
    below(['/interaction/'], interactionRoutes(interaction)),
    below(
      ['/interaction/', '/upstream/'],
      upstreamRoutes({ ...options, ...observed, ...interaction, upstream }),
    ),
    ...consoleRoutes(consolePorts(provider, storage, options, observed, parts)).map((each) =>
      below(['/account'], each),
    ),
    below(
      ['/approve/'],
      backchannelApproveRoutes(
        approvePorts(provider, storage, options, observed, { ...interaction, ...parts }),
      ),
    ),
    below(['/interaction/'], signUpRoutes(interaction)),
    // It begins with a mail.
    ...(people.mailer.available ? [below(['/interaction/'], recoveryRoutes(interaction))] : []),
    below(['/recovery/'], recoveryUndoRoutes(interaction)),
    userinfoGuard(provider, { ...storage, ...observed, clock: options.clock }),
    sourceLogoutRoutes({
      ...storage,
      ...observed,
      ...exchange,
      ...options,
      grantLife: options.config.lifetimes.grant,
    }),
    backchannelRoute(provider, asked),
    ...resourceRoutes(provider, resource),
  ];
}
