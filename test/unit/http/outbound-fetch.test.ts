import { strict as assert } from 'node:assert';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createOutboundFetch, isPublicAddress } from '../../../src/http/outbound-fetch.js';

describe('outbound fetch', () => {
  let server: Server;
  let port: number;
  let connections = 0;

  before(async () => {
    server = createServer((request, response) => {
      if (request.url === '/redirect') response.writeHead(302, { location: '/' }).end();
      else response.end('reached');
    }).on('connection', () => (connections += 1));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    port = (server.address() as AddressInfo).port;
  });
  after(() => new Promise((resolve) => server.close(resolve)));
  beforeEach(() => (connections = 0));

  for (const address of [
    '127.0.0.1',
    '10.0.0.1',
    '172.16.0.1',
    '192.168.1.1',
    '169.254.169.254',
    '0.0.0.0',
    '100.64.0.1',
    '::1',
    '::',
    'fe80::1',
    'fc00::1',
    '::ffff:127.0.0.1',
    '::ffff:10.0.0.1',
    '64:ff9b::7f00:1',
    '2002:7f00:1::',
    '::7f00:1',
  ]) {
    it(`takes ${address} for an address that nobody may send us to`, () => {
      assert.equal(isPublicAddress(address), false);
    });
  }

  it('takes an address of the public internet for one', () => {
    assert.equal(isPublicAddress('93.184.216.34'), true);
    assert.equal(isPublicAddress('2606:2800:220:1:248:1893:25c8:1946'), true);
  });

  for (const host of ['127.0.0.1', 'localhost', '[::ffff:127.0.0.1]', '2130706433', '0x7f.1']) {
    it(`makes no connection at all to ${host}`, async () => {
      const outbound = createOutboundFetch(false);
      await assert.rejects(outbound.fetch(`http://${host}:${port}/`));
      await outbound.close();
      assert.equal(connections, 0);
    });
  }

  it('makes no connection when a public name resolves to a private address, also beside a public one', async () => {
    const outbound = createOutboundFetch(false, (_host, _options, callback) =>
      callback(null, [
        { address: '93.184.216.34', family: 4 },
        { address: '127.0.0.1', family: 4 },
      ]),
    );
    await assert.rejects(outbound.fetch(`http://rebound.example:${port}/`));
    await outbound.close();
    assert.equal(connections, 0);
  });

  it('reaches the loopback when the operator dared to allow it, but follows no redirect', async () => {
    const outbound = createOutboundFetch(true);
    const answer = await outbound.fetch(`http://127.0.0.1:${port}/`);
    assert.equal(await answer.text(), 'reached');
    await assert.rejects(outbound.fetch(`http://127.0.0.1:${port}/redirect`));
    await outbound.close();
  });
});
