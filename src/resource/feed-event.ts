import { hash } from 'node:crypto';
import { beat } from './feed-policy.js';
import type { LoggedRevocation, LogPosition } from './revocation-log-store.js';

/*
 * What goes over the wire, as server-sent events (docs/FEED.md). An event names what was revoked by a digest of a value that
 * only those know who hold a token with it: a resource server learns of what it has, and of nobody else (law 6).
 */

/** What a resource server can look for in the tokens that it holds. */
type Matched = 'sub' | 'client' | 'key' | 'token';

/** Undefined: no token that a resource server could hold hangs on it. */
export function matchOf(
  feed: string,
  revocation: LoggedRevocation,
): { readonly of: Matched; readonly match: string } | undefined {
  const [of, value] = heldValue(revocation);
  if (of === undefined || value === undefined) return undefined;
  return { of, match: hash('sha256', `${feed}\n${of}\n${value}`, 'base64url') };
}

/**
 * A resource server knows neither grant, session nor device of a token, so these are told as the person whose they are: it
 * forgets more than it had to, never less.
 */
function heldValue({ kind, id, accountId }: LoggedRevocation): readonly [Matched?, (string | undefined)?] {
  switch (kind) {
    case 'token':
      return ['token', id];
    case 'key':
      return ['key', id];
    case 'client':
      return ['client', id];
    case 'grant':
    case 'session':
    case 'device':
    case 'account':
      return ['sub', accountId];
    case 'all':
      return [];
  }
}

/** The first event. `retry`: milliseconds until a browser's EventSource comes back. */
export function helloEvent(at: LogPosition): string {
  return `retry: ${beat}\n${event('hello', at, { feed: at.feed, heartbeat: beat })}`;
}

export function revokedEvent(revocation: LoggedRevocation, at: LogPosition): string {
  const match = matchOf(at.feed, revocation);
  return match ? event('revoked', at, match) : '';
}

export function aliveEvent(at: LogPosition): string {
  return event('alive', at, {});
}

/** Forget everything; what comes next continues from `at`. */
export function resetEvent(at: LogPosition): string {
  return event('reset', at, { feed: at.feed });
}

export const lostEvent = 'event: lost\ndata: {}\n\n';

function event(name: string, at: LogPosition, content: object): string {
  return `event: ${name}\nid: ${at.feed}.${at.sequence}\ndata: ${JSON.stringify(content)}\n\n`;
}

/** Of a Last-Event-ID header; undefined where it is none of ours. */
export function readPosition(value: string | undefined): LogPosition | undefined {
  const [, feed, sequence] = /^([0-9A-Za-z-]{1,64})\.(\d{1,15})$/.exec(value ?? '') ?? [];
  return feed === undefined ? undefined : { feed, sequence: Number(sequence) };
}
