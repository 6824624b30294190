import { systemClock } from '../lib/clock.js';
import { systemRandom } from '../lib/random.js';
import { resourceMetadataUrl } from '../lib/resource-metadata-url.js';
import { defaultProofPolicy } from '../proof/proof.js';
import { createReplayWindow } from '../proof/replay-window.js';
import { createTokenCheck } from './token-check.js';
import { createAuthorizationServer, type AuthorizationServer } from './authorization-server.js';
import type { CallDecision, CallReader, Decision, GuardedCall } from './decision.js';
import { listenToFeed } from './feed-connection.js';
import { guardAnswers } from './guard-answers.js';
import type { GuardOptions } from './guard-options.js';
import { localCalls } from './local-calls.js';
import { outagePolicy } from './outage-policy.js';
import { createProver, type GuardedRequest } from './proven-request.js';
import { remoteCalls } from './remote-calls.js';
import { createRevocationState } from './revocation-state.js';
import { monotonicClock, systemTimers, type Timers } from './timers.js';
import { createTokenMemory } from './token-memory.js';
import { keptTokens } from './token-source.js';
import { createTokenWatch } from './token-watch.js';
import { createUsageReporter } from './usage-reporter.js';
import type { UsageReporter } from './usage-report.js';

/** Decides, request by request, whether a resource server may serve it. */
export interface Guard {
  /**
   * For endpoints without a model. In remote mode this is a question to the authorization server like that of a call.
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

/**
 * A guard for one process. Its nonces are signed by a key that is made here and lives nowhere else, so a proof that
 * another process has seen, or this one before a restart, fails by its nonce; its own it remembers.
 */
export function createGuard(
  options: GuardOptions,
  time: GuardTime = { monotonic: monotonicClock, timers: systemTimers },
): Guard {
  checkOptions(options);
  const { clock = systemClock, random = systemRandom, policy = defaultProofPolicy } = options;
  const { issuer, resource, publicUrl, resourceMetadata = resourceMetadataUrl(resource) } = options;
  const place = { issuer, resource };
  const server = createAuthorizationServer({ ...options, clock, random });
  const feed = createRevocationState(time.monotonic);
  const watch = createTokenWatch({ ...options, server, feed, clock, ...time });
  const answers = guardAnswers(resourceMetadata, watch);
  const usage = createUsageReporter({ ...options, server, clock, random, timers: time.timers });

  const prover = createProver({ resource, publicUrl, policy, clock, random });
  const { replayCapacity: capacity } = options;
  const replays = createReplayWindow({
    clock,
    policy,
    acceptFrom: 0,
    ...(capacity !== undefined && { capacity }),
  });
  const { keepSeconds, memory, outage } = keeping(options);
  const check = createTokenCheck(
    keptTokens({ server, feed, memory, clock, place, keepSeconds, outage }),
    replays,
  );
  const { localModels = [], mode = 'local' } = options;
  const remote =
    mode === 'remote' ? remoteCalls({ server, answers, feed, place, publicUrl, policy }) : undefined;
  const own = { server, answers, feed, prover, replays, memory, check, localModels, outage, place };
  const calls = remote?.authorizeCall ?? localCalls({ ...own, clock, random });
  const stopListening = options.feed === false ? () => {} : listen(options, server, feed, time);

  return {
    async decide(request, scope = []) {
      if (remote) return remote.decide(request, scope);
      const proven = await prover.prove(request);
      if (!proven.ok) return answers.refuse(proven.refusal, prover.nonce(), scope);
      const living = await check(proven.value, scope);
      if (!living.ok) return answers.refuse(living.refusal, prover.nonce(), scope);
      const { accessToken, proof } = proven.value;
      return answers.allow({ accessToken, living: living.value, nonce: prover.nextAfter(proof) });
    },
    authorizeCall: calls,
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

/** What local mode keeps, and for how long. */
function keeping({ cache = {}, onOutage }: GuardOptions) {
  const { seconds: keepSeconds = 30, tokens = 10_000 } = cache;
  return { keepSeconds, memory: createTokenMemory(tokens), outage: outagePolicy(onOutage) };
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
