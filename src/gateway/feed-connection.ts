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
  let heard = false;
  let ended = false;
  /** Ends what is waited for at the moment. */
  let interrupt = (): void => {};

  const tell = (detail: string): void => {
    if (heard === options.inlet.trusted) return;
    heard = options.inlet.trusted;
    if (heard) options.onHeard();
    else options.onLost(detail);
  };
  const hearAgain = (): ReturnType<typeof hearOnce> => {
    const connection = new AbortController();
    interrupt = () => connection.abort();
    return hearOnce(options, connection, () => {
      if (options.inlet.trusted) delay.reset();
      tell('the authorization server has lost its own feed');
    });
  };
  const pause = (): Promise<void> =>
    new Promise((resolve) => {
      const callOff = timers.after(delay.next(), resolve);
      interrupt = () => {
        callOff();
        resolve();
      };
    });
  const run = async (): Promise<void> => {
    while (!ended) {
      // One connection after the other.
      // oxlint-disable-next-line no-await-in-loop
      const end = await hearAgain();
      options.inlet.lose();
      if (ended || end === 'absent') return;
      tell(end.detail);
      // oxlint-disable-next-line no-await-in-loop
      await pause();
    }
  };
  void run();
  return () => {
    ended = true;
    interrupt();
  };
}

/** One connection, until it breaks or says nothing. */
async function hearOnce(
  { open, inlet, timers }: FeedConnectionOptions,
  connection: AbortController,
  onEvent: () => void,
): Promise<'absent' | { readonly detail: string }> {
  const giveUp = (): void => connection.abort(new Error(`nothing came for ${longestSilence} ms`));
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
    const bytes = await open(inlet.lastEventId, connection.signal);
    if (!bytes) return 'absent';
    watch();
    for await (const event of readEvents(bytes)) {
      inlet.hear(event);
      if (breaksSilence(event)) watch();
      onEvent();
    }
    return { detail: 'the connection was closed' };
  } catch (error) {
    return { detail: describeError(connection.signal.aborted ? connection.signal.reason : error) };
  } finally {
    callOff();
  }
}

function breaksSilence({ name }: StreamEvent): boolean {
  return name === 'alive' || name === 'hello';
}
