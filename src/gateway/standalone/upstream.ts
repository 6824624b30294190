import { Agent, type Dispatcher } from 'undici';
import type { ProviderKey } from './provider-key.js';
import type { UpstreamAddress } from './upstream-address.js';

/** A request as it goes to the provider. */
export interface Sent {
  readonly method: 'GET' | 'POST';
  /** Path and query, of the gateway's own making. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | string;
  readonly signal: AbortSignal;
}

export interface ProviderAnswer {
  readonly answer: Dispatcher.ResponseData;
  /** The key that it was asked with, which must not stand in what it answers. */
  readonly key: string | undefined;
}

/** The provider behind the gateway. */
export interface Upstream {
  /** Rejects with what went wrong on the way. Redirects are not followed: the key would go along. */
  ask(sent: Sent): Promise<ProviderAnswer>;
  close(): Promise<void>;
}

export interface UpstreamOptions {
  readonly address: UpstreamAddress;
  readonly key: ProviderKey;
  readonly credentials: (key: string) => Readonly<Record<string, string>>;
  /** For the head of an answer: models may think for long. */
  readonly headersMilliseconds: number;
  /** Between two pieces of an answer. */
  readonly idleMilliseconds: number;
  readonly connections: number;
}

export function connectUpstream(options: UpstreamOptions): Upstream {
  const { address, key, credentials, connections } = options;
  const agent = new Agent({
    connections,
    headersTimeout: options.headersMilliseconds,
    bodyTimeout: options.idleMilliseconds,
    connect: { timeout: 10_000 },
  });
  const send = ({ headers, target, body, ...rest }: Sent, secret: string | undefined) =>
    agent.request({
      ...rest,
      ...(body !== undefined && { body }),
      origin: address.origin,
      path: address.pathOf(target),
      // What is counted must be readable.
      headers: {
        'user-agent': 'holdfast-gateway',
        'accept-encoding': 'identity',
        ...headers,
        ...(secret !== undefined && credentials(secret)),
      },
    });
  return {
    async ask(sent) {
      const secret = await key.current();
      const answer = await send(sent, secret);
      if (answer.statusCode !== 401) return { answer, key: secret };
      // It may have been rotated this minute; the body is all here, so it can be sent once more.
      const renewed = await key.renewed();
      if (renewed === secret) return { answer, key: secret };
      await answer.body.dump();
      return { answer: await send(sent, renewed), key: renewed };
    },
    close: () => agent.destroy(),
  };
}
