import type { Clock } from '../lib/clock.js';
import type { Random } from '../lib/random.js';
import type { ProofPolicy } from '../proof/proof.js';
import { createReplayWindow } from '../proof/replay-window.js';
import type { AuthorizationServer } from './authorization-server.js';
import type { GuardAnswers } from './guard-answers.js';
import type { GuardOptions } from './guard-options.js';
import type { Judge } from './judge.js';
import { localCalls } from './local-calls.js';
import { outagePolicy } from './outage-policy.js';
import { createProver } from './proven-request.js';
import type { RevocationState } from './revocation-state.js';
import { createTokenCheck } from './token-check.js';
import { createTokenMemory } from './token-memory.js';
import { keptTokens, type TokenPlace } from './token-source.js';

export interface LocalJudgeOptions {
  readonly options: GuardOptions;
  readonly server: AuthorizationServer;
  readonly answers: GuardAnswers;
  readonly feed: RevocationState;
  readonly place: TokenPlace;
  readonly policy: ProofPolicy;
  readonly clock: Clock;
  readonly random: Random;
}

/**
 * Checks proofs in this process. Its nonces are signed by a key that is made here and lives nowhere else, so a proof that
 * another process has seen, or this one before a restart, fails by its nonce; its own it remembers.
 */
export function localJudge({ options, ...parts }: LocalJudgeOptions): Judge {
  const { server, answers, feed, place, policy, clock, random } = parts;
  const { resource, publicUrl, localModels = [], cache = {}, replayCapacity: capacity } = options;
  const prover = createProver({ resource, publicUrl, policy, clock, random });
  const bound = capacity === undefined ? {} : { capacity };
  const replays = createReplayWindow({ clock, policy, acceptFrom: 0, ...bound });
  const { seconds: keepSeconds = 30, tokens: mostTokens = 10_000 } = cache;
  const outage = outagePolicy(options.onOutage);
  const memory = createTokenMemory(mostTokens);
  const tokens = keptTokens({ server, feed, memory, clock, place, keepSeconds, outage });
  const check = createTokenCheck(tokens, replays);

  return {
    async decide(request, scope = []) {
      const proven = await prover.prove(request);
      if (!proven.ok) return answers.refuse(proven.refusal, prover.nonce(), scope);
      const living = await check(proven.value, scope);
      if (!living.ok) return answers.refuse(living.refusal, prover.nonce(), scope);
      const { accessToken, proof } = proven.value;
      return answers.allow({ accessToken, living: living.value, nonce: prover.nextAfter(proof) });
    },
    authorizeCall: localCalls({ ...parts, prover, replays, memory, check, localModels, outage }),
  };
}
