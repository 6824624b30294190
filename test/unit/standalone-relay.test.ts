import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import type { ServerResponse } from 'node:http';
import { setImmediate as turn } from 'node:timers/promises';
import { relay, type Relay } from '../../src/gateway/standalone/relay.js';

const log = { info: () => {}, warn: () => {}, error: () => {} };

/** A client that takes nothing more after each piece, until it says so. */
class SlowClient extends EventEmitter {
  readonly taken: string[] = [];
  writableEnded = false;
  headersSent = false;
  destroyed = false;

  writeHead(): this {
    this.headersSent = true;
    return this;
  }

  flushHeaders(): void {}

  getHeader(): string {
    return 'id';
  }

  write(piece: Buffer): boolean {
    this.taken.push(piece.toString());
    return false;
  }

  end(): void {
    this.writableEnded = true;
  }

  destroy(): void {
    this.destroyed = true;
  }
}

function relayed(client: SlowClient, body: AsyncIterable<Buffer>, signal: AbortSignal) {
  const answer = { statusCode: 200, headers: { 'content-type': 'text/event-stream' }, body };
  const upstream = { ask: () => Promise.resolve({ answer, key: undefined }), close: () => Promise.resolve() };
  const sent = { method: 'POST', target: '/', headers: {}, signal } as const;
  const response = client as unknown as ServerResponse;
  return relay({ upstream: upstream as unknown as Relay['upstream'], sent, response, log });
}

describe('an answer on its way through the standalone gateway', () => {
  it('is asked for no faster than the client takes it', async () => {
    let asked = 0;
    const body = (async function* () {
      for (asked = 1; asked <= 3; asked += 1) yield Buffer.from(`piece ${asked}`);
    })();
    const client = new SlowClient();
    const outcome = relayed(client, body, new AbortController().signal);
    for (const count of [1, 2, 3]) {
      for (let turns = 0; turns < 20; turns += 1) await turn();
      assert.deepEqual([asked, client.taken.length], [count, count]);
      client.emit('drain');
    }
    assert.equal(await outcome, 'completed');
    assert.equal(client.writableEnded, true);
  });

  it('is given up when the client goes while it takes nothing', async () => {
    const gone = new AbortController();
    const client = new SlowClient();
    let closed = false;
    const body = (async function* () {
      try {
        for (;;) yield Buffer.from('piece');
      } finally {
        closed = true;
      }
    })();
    const outcome = relayed(client, body, gone.signal);
    while (client.taken.length === 0) await turn();
    gone.abort();
    assert.equal(await outcome, 'aborted');
    assert.deepEqual([closed, client.destroyed, client.taken.length], [true, true, 1]);
  });

  it('that breaks off breaks off at the client, too, and is no whole one', async () => {
    const client = new SlowClient();
    client.write = () => true;
    const body = (async function* () {
      yield Buffer.from('piece');
      throw new Error('the provider is gone');
    })();
    assert.equal(await relayed(client, body, new AbortController().signal), 'failed');
    assert.deepEqual([client.writableEnded, client.destroyed], [false, true]);
  });
});
