import { FeedStream, type StreamOptions, type StreamPorts } from './feed-stream.js';
import type { RevocationFeed } from './revocation-feed.js';

interface FeedHubPorts extends StreamPorts {
  readonly feed: Pick<RevocationFeed, 'follow' | 'trusted' | 'position'>;
  /** Most streams that one resource server may have at this node. */
  readonly mostPerClient: number;
}

/** The streams of this node. */
export class FeedHub {
  readonly #ports: FeedHubPorts;
  readonly #streams = new Map<FeedStream, string>();
  #closed = false;

  constructor(ports: FeedHubPorts) {
    this.#ports = ports;
  }

  get open(): number {
    return this.#streams.size;
  }

  /** `full`: this resource server has all it may; `unavailable`: we have not heard from the database yet, or are stopping. */
  join(options: Omit<StreamOptions, 'from'>): FeedStream | 'full' | 'unavailable' {
    const { feed, mostPerClient } = this.#ports;
    const from = feed.position;
    if (!from || this.#closed) return 'unavailable';
    const owners = [...this.#streams.values()];
    if (owners.filter((owner) => owner === options.clientId).length >= mostPerClient) return 'full';
    const stream = new FeedStream(this.#ports, { ...options, from });
    this.#streams.set(stream, options.clientId);
    stream.once('close', () => this.#streams.delete(stream));
    return stream;
  }

  /** Ends every stream: whoever was listening finds another node. */
  close(): void {
    this.#closed = true;
    for (const stream of this.#streams.keys()) stream.finish();
  }
}
