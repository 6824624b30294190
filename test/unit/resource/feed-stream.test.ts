import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, request as ask, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { FeedHub } from '../../../src/resource/feed-hub.js';

const position = { feed: 'one', sequence: 7 };

describe('a stream of the feed', () => {
  it('gives its place back where the reader left before it began', async () => {
    const hub = new FeedHub({
      feed: { follow: () => () => {}, trusted: true, position },
      log: { readAfter: () => Promise.resolve({ end: position, revocations: [] }) },
      elapsed: () => 0,
      mostPerClient: 1,
    });
    const server = createServer();
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const reader = ask({ host: '127.0.0.1', port: (server.address() as AddressInfo).port });
    reader.on('error', () => {});
    const arrived = once(server, 'request');
    reader.end();
    const [, response] = (await arrived) as [IncomingMessage, ServerResponse];
    reader.destroy();
    await once(response, 'close');

    const stream = hub.join({ clientId: 'rs-a', heard: undefined, cut: () => {} });
    assert.ok(typeof stream === 'object');
    const over = once(stream, 'close');
    stream.sendTo(response);
    await over;
    assert.equal(hub.open, 0);
    server.close();
  });
});
