import type { Clock } from '../lib/clock.js';
import { sameBytes, sha256 } from '../lib/hashing.js';
import type { Random } from '../lib/random.js';
import { accepted, refused, type Result } from '../lib/result.js';
import type { AccountId } from './account.js';
import type { ChallengePurpose, ChallengeStore, StoredChallenge } from './challenge-store.js';

/** Milliseconds from the making of a challenge to its end; also the time that a browser is given. */
export const challengeLife = 5 * 60_000;
const challengeBytes = 32;

export interface ChallengeRequest {
  readonly purpose: ChallengePurpose;
  /** The interaction's uid. */
  readonly boundTo: string;
  readonly accountId?: AccountId;
  readonly facts?: Readonly<Record<string, unknown>>;
}

/** Makes challenges and takes each back at most once. */
export class ChallengeService {
  readonly #store: ChallengeStore;
  readonly #random: Random;
  readonly #clock: Clock;

  constructor(ports: { challenges: ChallengeStore; random: Random; clock: Clock }) {
    this.#store = ports.challenges;
    this.#random = ports.random;
    this.#clock = ports.clock;
  }

  /** WebAuthn L3 §13.4.3: made by the server, random, at least 16 bytes. Only its digest is stored (law 7). */
  async issue(request: ChallengeRequest): Promise<Uint8Array<ArrayBuffer>> {
    const challenge = Uint8Array.from(this.#random.bytes(challengeBytes));
    await this.keep(challenge, request);
    return challenge;
  }

  /** For a challenge that the caller made, of 32 bytes; as much of it as §13.4.3 asks for must be random. */
  async keep(challenge: Uint8Array, request: ChallengeRequest): Promise<void> {
    await this.#store.put({
      digest: sha256(challenge),
      purpose: request.purpose,
      boundTo: sha256(request.boundTo),
      accountId: request.accountId,
      facts: request.facts ?? {},
      expiresAt: new Date(this.#clock.now() + challengeLife),
    });
  }

  /**
   * Takes a challenge out of the store before anything else about the response is believed (law 2).
   * `challenge_spent` when it is unknown, used or expired, or was made for another purpose or interaction.
   */
  async take(
    challenge: string,
    expected: { purpose: ChallengePurpose; boundTo: string },
  ): Promise<Result<StoredChallenge>> {
    const digest = sha256(Buffer.from(challenge, 'base64url'));
    const stored = await this.#store.take(digest, new Date(this.#clock.now()));
    if (!stored) return refused('challenge_spent', 'the challenge is unknown, expired or used');
    // WebAuthn L3 §7.1 step 8, §7.2 step 11: it is the challenge of this very ceremony.
    if (stored.purpose !== expected.purpose) {
      return refused('challenge_spent', `the challenge was made for ${stored.purpose}`);
    }
    if (!sameBytes(stored.boundTo, sha256(expected.boundTo))) {
      return refused('challenge_spent', 'the challenge was made for another interaction');
    }
    return accepted(stored);
  }
}
