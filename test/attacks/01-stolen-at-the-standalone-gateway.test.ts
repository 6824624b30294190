import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { generateProofKey } from '../../src/proof/create-proof.js';
import { FakeFeed } from '../support/fake-feed.js';
import { eventOf, json } from '../support/fake-model-provider.js';
import { StandaloneDesk } from '../support/standalone-desk.js';

const chat = '/v1/chat/completions';
const body = { model: 'gpt-test', messages: [{ role: 'user', content: 'hello' }] };

describe('threat 1: a token that is stolen from a client of the standalone gateway', () => {
  let desk: StandaloneDesk;
  before(async () => {
    desk = await StandaloneDesk.open();
    desk.provider.answer = (response) => json(response, {});
  });
  after(() => desk.close());

  it('buys nothing without its key, nor with a proof that was used', async () => {
    const used = await desk.proof('POST', chat);
    assert.equal((await desk.call(chat, body, { proof: used })).status, 200);
    const asked = desk.provider.seen.length;
    const bearer = { authorization: `Bearer ${desk.token}` };
    const thief = await desk.proof('POST', chat, await generateProofKey('ES256', true));
    const tries = [
      await desk.send(chat, { method: 'POST', headers: bearer, body: JSON.stringify(body) }),
      await desk.send(chat, { method: 'POST', headers: { 'x-api-key': desk.token } }),
      await desk.send(`${chat}?key=${desk.token}`, { method: 'POST' }),
      await desk.call(chat, body, { proof: thief }),
      await desk.call(chat, body, { proof: used }),
      await desk.call('/v1/embeddings', body, { proof: used }),
    ];
    assert.deepEqual(
      tries.map(({ status }) => status),
      tries.map(() => 401),
    );
    assert.equal(desk.provider.seen.length, asked);
  });

  it('goes to no provider, and neither does the proof or a cookie', async () => {
    const headers = {
      cookie: 'session=hers',
      'proxy-authorization': 'Basic aGVyczpoZXJz',
      'x-api-key': 'hers',
    };
    assert.equal((await desk.call(chat, body, { headers })).status, 200);
    const { headers: seen } = desk.provider.last;
    for (const name of ['dpop', 'cookie', 'proxy-authorization', 'x-api-key']) {
      assert.equal(seen[name], undefined, name);
    }
    assert.equal(JSON.stringify(seen).includes(desk.token), false);
  });

  it('is not hidden behind a request that two servers would cut differently', async () => {
    const asked = desk.provider.seen.length;
    const framings = [
      'Content-Length: 4\r\nTransfer-Encoding: chunked\r\n',
      'Content-Length: 4\r\nContent-Length: 5\r\n',
      'Transfer-Encoding: identity, chunked\r\nTransfer-Encoding: x\r\n',
      'Content-Length : 4\r\n',
      'X-A: b\r\n Content-Length: 4\r\n',
    ];
    for (const framing of framings) {
      const socket = connect(desk.gateway.port, '127.0.0.1');
      const proof = await desk.proof('POST', chat);
      const credentials = `Authorization: DPoP ${desk.token}\r\nDPoP: ${proof}\r\n`;
      socket.write(`POST ${chat} HTTP/1.1\r\nHost: a\r\n${credentials}${framing}Connection: close\r\n\r\n`);
      socket.end('0\r\n\r\nGET /v1/models HTTP/1.1\r\n\r\n');
      assert.match(await text(socket), /^HTTP\/1\.1 400 /, framing);
    }
    assert.equal(desk.provider.seen.length, asked);
  });

  it('ends a running answer at the client and at the provider once it is revoked', async () => {
    const feed = new FakeFeed();
    const other = await StandaloneDesk.open({ feed });
    try {
      let provider: ServerResponse | undefined;
      other.provider.answer = (response) => {
        provider = response;
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        response.write(eventOf({ choices: [{ delta: { content: 'one' } }] }));
      };
      const answer = await other.open(chat, { ...body, stream: true });
      await once(answer, 'data');
      const gone = once(provider as ServerResponse, 'close');
      feed.revoked('sub', 'person', 1).end();
      // What the feed has said before its end is known once the end is.
      while (other.gateway.guard.hearsFeed) await new Promise(setImmediate);
      provider?.end(eventOf('[DONE]'));
      await assert.rejects(text(answer));
      await gone;
    } finally {
      await other.close();
    }
  });
});
