import { systemClock } from '../lib/clock.js';
import { systemRandom } from '../lib/random.js';
import { resourceMetadataUrl } from '../lib/resource-metadata-url.js';
import { defaultProofPolicy } from '../proof/proof.js';
import { createAuthorizationServer, type AuthorizationServer } from './authorization-server.js';
import { withBearerCalls } from './bearer-calls.js';
import type { CallDecision, CallReader, Decision, GuardedCall } from './decision.js';
import { listenToFeed } from './feed-connection.js';
import { guardAnswers } from './guard-answers.js';
import type { GuardOptions } from './guard-options.js';
import type { Judge } from './judge.js';
import { localJudge } from './local-judge.js';
import type { GuardedRequest } from './proven-request.js';
import { remoteJudge } from './remote-judge.js';
import { createRevocationState } from './revocation-state.js';
import { monotonicClock, systemTimers, type Timers } from './timers.js';
import { createTokenWatch } from './token-watch.js';
import { noticeUnanswered } from './unanswered-notice.js';
import { createUsageReporter } from './usage-reporter.js';
import type { UsageReporter } from './usage-report.js';

/** Decides, request by request, whether a resource server may serve it. */
export interface Guard {
  /**
   * For endpoints without a model.
   * @param scope every one of these must be granted
   */
  decide(request: GuardedRequest, scope?: readonly string[]): Promise<Decision>;
  /**
   * For a call of a model: one question to the authorization server, which knows what the model's tier demands.
   * @param call what is called; or its reader, asked only once token and proof are in order: no body is read for others
   */
  authorizeCall(request: GuardedRequest, call: GuardedCall | CallReader): Promise<CallDecision>;
  /** Says what became of allowed calls. */
  readonly usage: UsageReporter;
  /** Whether the revocation feed is heard: else nothing is answered from memory, but for what `onOutage` lets in. */
  readonly hearsFeed: boolean;
  /** Sends the reports that wait, then closes every connection. */
  close(): Promise<void>;
}

/** What measures and passes time, which tests do themselves. */
export interface GuardTime {
  readonly monotonic: typeof monotonicClock;
  readonly timers: Timers;
}

const longestKeeping = 300;

/** A guard for one process. */
export function createGuard(
  options: GuardOptions,
  time: GuardTime = { monotonic: monotonicClock, timers: systemTimers },
): Guard {
  checkOptions(options);
  const { clock = systemClock, random = systemRandom, policy = defaultProofPolicy } = options;
  const { issuer, resource, publicUrl, resourceMetadata = resourceMetadataUrl(resource) } = options;
  const place = { issuer, resource };
  const asked = createAuthorizationServer({ ...options, clock, random });
  const server = options.onNotice ? noticeUnanswered(asked, options.onNotice, time.monotonic) : asked;
  const feed = createRevocationState(time.monotonic);
  const watch = createTokenWatch({ ...options, server, feed, clock, ...time });
  const answers = guardAnswers(resourceMetadata, watch);
  const usage = createUsageReporter({ ...options, server, clock, random, timers: time.timers });

  const parts = { server, answers, feed, place, policy };
  const bound: Judge =
    options.mode === 'remote'
      ? remoteJudge({ ...parts, publicUrl })
      : localJudge({ ...parts, options, clock, random });
  const judge = options.dangerouslyAllowBearer === true ? withBearerCalls(bound, parts) : bound;
  const stopListening = options.feed === false ? () => {} : listen(options, server, feed, time);

  return {
    ...judge,
    usage,
    get hearsFeed() {
      return feed.trusted;
    },
    close: async () => {
      stopListening();
      watch.close();
      await usage.close();
      await server.close();
    },
  };
}

function listen(
  { onNotice, random = systemRandom }: GuardOptions,
  server: AuthorizationServer,
  inlet: ReturnType<typeof createRevocationState>,
  { timers }: GuardTime,
): () => void {
  return listenToFeed({
    open: (lastEventId, signal) => server.openFeed(lastEventId, signal),
    inlet,
    timers,
    random,
    onHeard: () => onNotice?.({ kind: 'feed_heard' }),
    onLost: (detail) => onNotice?.({ kind: 'feed_lost', detail }),
  });
}

/** Laws 3 and 9: what would not be kept is not promised, and nothing is trusted for longer than is published. */
function checkOptions({ mode, cache, localModels, onOutage }: GuardOptions): void {
  if (mode === 'remote' && (cache ?? localModels ?? onOutage) !== undefined) {
    throw new TypeError(
      'cache, localModels and onOutage are of local mode: in remote mode every call is asked about',
    );
  }
  if (cache?.seconds !== undefined && !(cache.seconds >= 0 && cache.seconds <= longestKeeping)) {
    throw new TypeError(`cache.seconds must be from 0 to ${longestKeeping}`);
  }
}
