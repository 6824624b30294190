import { isRecord } from '../../../src/lib/json.js';

/** One call as the page shows it. */
export interface Entry {
  readonly model: string;
  readonly prompt: string;
  /** What happened on the way, in plain words. */
  readonly notes: readonly string[];
  readonly answer: string;
  /** `away`: the person is at the provider, and the call is repeated when she comes back. */
  readonly state: 'calling' | 'away' | 'answered' | 'refused';
  /** Whether the person was sent to the provider for it already: once is enough. */
  readonly asked: boolean;
}

/** The tokens of the login. Every one is bound to the key of device-key.ts, so a copy of them is worth nothing. */
export interface Tokens {
  readonly access: string;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
  readonly refresh: string | undefined;
  readonly id: string | undefined;
  /** What the person approved, as the token response said it. */
  readonly granted: readonly Readonly<Record<string, unknown>>[];
}

/** What the way back from the provider is checked against. */
export interface Departure {
  readonly verifier: string;
  readonly state: string;
  readonly nonce: string;
}

interface Kept {
  readonly entries: readonly Entry[];
  readonly tokens: Tokens;
  readonly departure: Departure;
}

/** What has to outlive the way to the provider and back, in this tab alone. */
export function kept<Name extends keyof Kept>(name: Name): Kept[Name] | undefined {
  const text = sessionStorage.getItem(name);
  return text === null ? undefined : (JSON.parse(text) as Kept[Name]);
}

export function keep<Name extends keyof Kept>(name: Name, value: Kept[Name] | undefined): void {
  if (value === undefined) sessionStorage.removeItem(name);
  else sessionStorage.setItem(name, JSON.stringify(value));
}

/** The departure that this page load came back from; the next load finds none, so that no answer is taken twice. */
export function takeDeparture(): Departure | undefined {
  const departure = kept('departure');
  keep('departure', undefined);
  return departure;
}

/** Of a token response: what the person approved (RFC 9396 §7). */
export function grantedOf(details: unknown): readonly Readonly<Record<string, unknown>>[] {
  return Array.isArray(details) ? details.filter(isRecord) : [];
}
