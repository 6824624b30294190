import type { Refusal } from '../lib/refusal.js';
import type { UpstreamPerson } from './upstream-person.js';

/** Where a login at a provider was begun; it goes on nowhere else. */
export interface UpstreamPlace {
  readonly providerId: string;
  /** The interaction's uid. */
  readonly interaction: string;
  /** SHA-256 of the cookie that binds the browser, in hex. */
  readonly browser: string;
}

/** What we asked a provider, until its answer comes. */
export interface UpstreamQuestion extends UpstreamPlace {
  readonly kind: 'question';
  readonly nonce: string;
  readonly verifier: string;
  /** Seconds since the epoch. */
  readonly askedAt: number;
  /** Seconds; set where the client demands a fresh login. */
  readonly maxAge?: number;
}

/** What came of it, until the person has decided what to do with it. */
export type UpstreamArrival = UpstreamPlace & { readonly kind: 'arrival' } & (
    | { readonly person: UpstreamPerson; readonly refusal?: never }
    | { readonly refusal: Refusal; readonly person?: never }
  );
