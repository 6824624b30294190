import { performance } from 'node:perf_hooks';
import { FeedHub } from '../resource/feed-hub.js';
import { RevocationFeed } from '../resource/revocation-feed.js';
import type { Storage } from '../storage/storage.js';
import type { Observed } from './observed.js';
import type { AppOptions } from './options.js';

export interface Feed {
  readonly hub: FeedHub;
  /** Whether this node hears of every revocation; for /readyz. */
  readonly trusted: boolean;
  /** Waits for a moment, so that a node that starts can tell from its first request on. */
  begun(): Promise<void>;
  /** Returns how to stop. */
  onRevocation(heard: () => void): () => void;
  close(): Promise<void>;
}

const startPatience = 2000;

/** What this node hears of revocations, and what it passes on. */
export function openFeed(storage: Storage, { config, logger }: AppOptions, { metrics }: Observed): Feed {
  const elapsed = () => performance.now();
  const log = storage.revocationLog;
  const feed = new RevocationFeed({ log, elapsed, logger });
  const mostPerClient = config.limits.feed_connections_per_client;
  const hub = new FeedHub({ feed, log, elapsed, mostPerClient });
  metrics.observeFeed(() => ({
    trusted: feed.trusted,
    silence: feed.silence,
    sequence: feed.position?.sequence ?? 0,
    streams: hub.open,
  }));
  return {
    hub,
    get trusted() {
      return feed.trusted;
    },
    onRevocation: (heard) => feed.follow(({ kind }) => void (kind === 'revoked' && heard())),
    begun: () => feed.begun(startPatience),
    close: async () => {
      hub.close();
      await feed.close();
    },
  };
}
