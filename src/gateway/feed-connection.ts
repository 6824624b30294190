import type { Random } from '../lib/random.js';
import { describeError } from './authorization-server.js';
import { readEvents, type StreamEvent } from './event-stream.js';
import { retryDelay } from './retry-delay.js';
import { longestSilence, type RevocationInlet } from './revocation-state.js';
import type { Timers } from './timers.js';

export interface FeedConnectionOptions {
  /** Undefined: there is no feed. */
  readonly open: (
    lastEventId: string | undefined,
    signal: AbortSignal,
  ) => Promise<AsyncIterable<Uint8Array> | undefined>;
  readonly inlet: RevocationInlet & { readonly trusted: boolean };
  readonly timers: Timers;
  readonly random: Random;
  /** Told when it begins to be trusted, and when it ends. */
  readonly onHeard: () => void;
  readonly onLost: (detail: string) => void;
}

const reconnect = { first: 100, most: 5000 };

/** Keeps one connection to the revocation feed, for as long as the gateway runs. Returns how to end it. */
export function listenToFeed(options: FeedConnectionOptions): () => void {
  const { timers, random } = options;
  const delay = retryDelay(random, reconnect);
  const ending = new AbortController();
  let heard = false;

  const tell = (detail: string): void => {
    if (heard === options.inlet.trusted) return;
    heard = options.inlet.trusted;
    if (heard) options.onHeard();
    else options.onLost(detail);
  };
  const run = async (): Promise<void> => {
    while (!ending.signal.aborted) {
      // One connection after the other.
      // oxlint-disable-next-line no-await-in-loop
      const end = await hearOnce(options, ending.signal, () => {
        if (options.inlet.trusted) delay.reset();
        tell('the authorization server has lost its own feed');
      });
      options.inlet.lose();
      if (end === 'absent' || ending.signal.aborted) return;
      tell(end.detail);
      // oxlint-disable-next-line no-await-in-loop
      await pause(timers, delay.next(), ending.signal);
    }
  };
  void run();
  return () => ending.abort();
}

/** One connection, until it breaks or says nothing. */
async function hearOnce(
  { open, inlet, timers }: FeedConnectionOptions,
  ending: AbortSignal,
  onEvent: () => void,
): Promise<'absent' | { readonly detail: string }> {
  const silence = new AbortController();
  const giveUp = (): void => silence.abort(new Error(`nothing came for ${longestSilence} ms`));
  let heardAt = 0;
  let callOff = (): void => {};
  const watch = (): void => {
    callOff();
    heardAt += 1;
    const before = heardAt;
    callOff = timers.after(longestSilence, () => {
      // What came while this process was busy is read before the silence is believed.
      setImmediate(() => before === heardAt && giveUp());
    });
  };
  try {
    const bytes = await open(inlet.lastEventId, AbortSignal.any([ending, silence.signal]));
    if (!bytes) return 'absent';
    watch();
    for await (const event of readEvents(bytes)) {
      inlet.hear(event);
      if (breaksSilence(event)) watch();
      onEvent();
    }
    return { detail: 'the connection was closed' };
  } catch (error) {
    return { detail: describeError(silence.signal.aborted ? silence.signal.reason : error) };
  } finally {
    callOff();
  }
}

function breaksSilence({ name }: StreamEvent): boolean {
  return name === 'alive' || name === 'hello';
}

function pause(timers: Timers, milliseconds: number, ending: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const callOff = timers.after(milliseconds, resolve);
    ending.addEventListener('abort', () => (callOff(), resolve()), { once: true });
  });
}
