import type { Clock } from '../lib/clock.js';
import { sameBytes, sha256 } from '../lib/hashing.js';
import type { Random } from '../lib/random.js';
import { refused, type Result } from '../lib/result.js';
import type { DraftStore } from './draft-store.js';

const secretBytes = 32;

/** Which draft, and what the browser shows for it. */
export interface DraftHandle {
  readonly kind: 'sign_up' | 'recovery';
  readonly interactionUid: string;
  /** The secret of the last step; empty when the browser has none. */
  readonly secret: string;
}

export type DraftFacts = Readonly<Record<string, unknown>>;

/** The secret with which the browser goes on. */
export interface NextStep {
  readonly secret: string;
}

/** The page that was answered is not where its draft stands. */
export function stepGone(): Result<never> {
  return refused('step_gone', 'this step was made already, in another tab or browser, or it has expired');
}

export interface DraftPorts {
  readonly drafts: DraftStore;
  /** Seconds that an interaction lasts. */
  readonly lifetime: number;
  readonly random: Random;
  readonly clock: Clock;
}

/**
 * What a person has said so far on her way through the pages of one interaction. It belongs to the browser that made
 * the last step, by a secret that changes with each: whoever planted the cookies of an interaction in another browser
 * (threat 20) has no part in what is done there.
 */
export class DraftService {
  readonly #ports: DraftPorts;

  constructor(ports: DraftPorts) {
    this.#ports = ports;
  }

  /** Begins anew; returns the secret for the browser. */
  async begin(place: Omit<DraftHandle, 'secret'>, facts: DraftFacts): Promise<string> {
    const secret = this.#newSecret();
    await this.#ports.drafts.put(this.#draft(place, secret, facts));
    return secret;
  }

  /** Undefined when there is none, or this browser does not hold it. */
  async open(handle: DraftHandle): Promise<DraftFacts | undefined> {
    const { drafts, clock } = this.#ports;
    const draft = await drafts.find(placeOf(handle), new Date(clock.now()));
    return draft && sameBytes(draft.holder, sha256(handle.secret)) ? draft.facts : undefined;
  }

  /** Makes a step; returns the next secret, or undefined when another tab or browser was first. */
  async advance(handle: DraftHandle, facts: DraftFacts): Promise<string | undefined> {
    const { drafts, clock } = this.#ports;
    const secret = this.#newSecret();
    const draft = this.#draft(handle, secret, facts);
    const done = await drafts.advance(sha256(handle.secret), draft, new Date(clock.now()));
    return done ? secret : undefined;
  }

  #draft(place: Omit<DraftHandle, 'secret'>, secret: string, facts: DraftFacts) {
    const { clock, lifetime } = this.#ports;
    const expiresAt = new Date(clock.now() + lifetime * 1000);
    return { boundTo: placeOf(place), holder: sha256(secret), facts, expiresAt };
  }

  #newSecret(): string {
    return this.#ports.random.bytes(secretBytes).toString('base64url');
  }
}

function placeOf({ kind, interactionUid }: Omit<DraftHandle, 'secret'>): Buffer {
  return sha256(JSON.stringify([kind, interactionUid]));
}
