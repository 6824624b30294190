import type { Clock } from '../lib/clock.js';
import { isRecord } from '../lib/json.js';
import type { StreamEvent } from './event-stream.js';
import { matchOf, type TokenName } from './token-names.js';

/** A place in the feed: what was heard before it is known, what comes after it may be news. */
export interface FeedMark {
  readonly generation: number;
  readonly heard: number;
}

export interface RevocationListener {
  /** What goes by one of these names is dead. */
  revoked(match: string): void;
  /** Anything may have been revoked: forget everything. The names have other matches from now on. */
  reset(): void;
}

/** What this process knows of revocations. */
export interface RevocationState {
  /** Whether whatever was revoked up to now has been told here, but for the time that a message takes. */
  readonly trusted: boolean;
  mark(): FeedMark;
  /** What a token of these matches has met since `mark`. `unknown`: not all was heard, or it is not kept any more. */
  since(mark: FeedMark, matches: readonly string[]): 'quiet' | 'revoked' | 'unknown';
  matchesOf(names: readonly TokenName[]): readonly string[];
  listen(listener: RevocationListener): void;
}

/** The side that the connection speaks to. */
export interface RevocationInlet {
  readonly lastEventId: string | undefined;
  /** Throws where the event is none that this feed can send: the connection is worth nothing then. */
  hear(event: StreamEvent): void;
  /** The connection is gone. What was heard stays heard; nothing is trusted. */
  lose(): void;
}

/** Milliseconds without `alive` after which nothing is trusted; three heartbeats. */
export const longestSilence = 1500;
const keptEvents = 4096;

export function createRevocationState(monotonic: Clock): RevocationState & RevocationInlet {
  const listeners: RevocationListener[] = [];
  let feed: string | undefined;
  let lastEventId: string | undefined;
  let greeted = false;
  let aliveAt: number | undefined;
  let generation = 0;
  let heard = 0;
  /** The last matches; the first of them is number `heard - recent.length`. */
  let recent: string[] = [];

  const reset = (): void => {
    generation += 1;
    recent = [];
    for (const listener of listeners) listener.reset();
  };
  const greet = (data: Readonly<Record<string, unknown>>): void => {
    const told = data['feed'];
    if (typeof told !== 'string' || told === '') throw new Error('hello without the name of the feed');
    greeted = true;
    // Without a place to go on from, or at another feed, what came before is unknown.
    if (told === feed && lastEventId !== undefined) return;
    if (told !== feed) lastEventId = undefined;
    feed = told;
    reset();
  };
  const die = (data: Readonly<Record<string, unknown>>): void => {
    const { match } = data;
    if (typeof match !== 'string' || match === '') throw new Error('revoked without a match');
    heard += 1;
    recent.push(match);
    if (recent.length > 2 * keptEvents) recent = recent.slice(-keptEvents);
    for (const listener of listeners) listener.revoked(match);
  };

  return {
    get trusted() {
      return aliveAt !== undefined && monotonic.now() - aliveAt <= longestSilence;
    },
    get lastEventId() {
      return lastEventId;
    },
    mark: () => ({ generation, heard }),
    since(mark, matches) {
      if (mark.generation !== generation || mark.heard < heard - recent.length) return 'unknown';
      const news = recent.slice(recent.length - (heard - mark.heard));
      return news.some((match) => matches.includes(match)) ? 'revoked' : 'quiet';
    },
    matchesOf: (names) => (feed === undefined ? [] : names.map((name) => matchOf(feed ?? '', name))),
    listen: (listener) => void listeners.push(listener),
    hear({ name, data, id }) {
      const members: unknown = data === '' ? {} : JSON.parse(data);
      if (!isRecord(members)) throw new Error(`${name} with data that is no object`);
      if (name === 'hello') greet(members);
      else if (name === 'revoked') die(members);
      else if (name === 'reset') reset();
      else if (name === 'lost') aliveAt = undefined;
      else if (name === 'alive' && greeted) aliveAt = monotonic.now();
      // Not of hello: a connection that breaks before the reset that follows it must not go on behind that.
      if (id !== undefined && name !== 'hello') lastEventId = id;
    },
    lose: () => {
      greeted = false;
      aliveAt = undefined;
    },
  };
}
