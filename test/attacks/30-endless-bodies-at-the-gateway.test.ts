import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, request, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createGuard } from '../../src/gateway/index.js';
import { createBodyDesk } from '../../src/gateway/standalone/body-desk.js';
import type { Result } from '../../src/lib/result.js';
import { systemRandom } from '../../src/lib/random.js';
import { createProof, generateProofKey } from '../../src/proof/create-proof.js';
import { FrameworkDesk, type FrameworkServer } from '../support/framework-desk.js';
import { frameworks } from '../support/framework-servers.js';
import { manualClock } from '../support/manual-clock.js';

/** The servers under test take 2000 bytes. In chunks nobody knows beforehand how many there will be. */
describe('threat 30: a call whose body has no end', () => {
  let desk: FrameworkDesk;
  before(async () => {
    desk = await FrameworkDesk.open();
  });
  after(() => desk.close());

  const answerTo = async (server: FrameworkServer, end: boolean): Promise<IncomingMessage> => {
    const sent = await server.open('{"model":"echo","padding":"');
    const answered = once(sent, 'response');
    for (let kilobytes = 0; kilobytes < 5; kilobytes += 1) sent.write('x'.repeat(1000));
    if (end) sent.end('"}');
    const [answer] = (await answered) as [IncomingMessage];
    answer.on('error', () => {});
    sent.destroy();
    return answer;
  };

  for (const framework of Object.keys(frameworks)) {
    describe(`by ${framework}`, () => {
      let server: FrameworkServer;
      before(async () => {
        server = await desk.serverOf(framework);
      });
      after(() => server.close());

      it('is refused before its end, and reaches no handler', async () => {
        assert.equal((await answerTo(server, false)).statusCode, 413);
        assert.deepEqual([server.seen, server.errors], [[], []]);
      });

      it('that ends at last all the same is refused as well', async () => {
        assert.equal((await answerTo(server, true)).statusCode, 413);
      });
    });
  }
});

describe('threat 30: calls whose bodies break off', () => {
  it('leave no more room for others than there was', async () => {
    const desk = createBodyDesk(1000);
    const arrivals: { read: Promise<Result<Uint8Array>> }[] = [];
    let arrived: () => void = () => {};
    const server = createServer((request, response) => {
      arrivals.push({ read: desk.read({ request, response }, 1000) });
      arrived();
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    /** Begins one in chunks, so it counts as the longest until it is here. */
    const begin = async () => {
      const arrival = new Promise<void>((resolve) => (arrived = resolve));
      const sent = request({ port, method: 'POST', agent: false });
      sent.on('error', () => {});
      sent.write('{');
      await arrival;
      return { sent, ...arrivals.at(-1) };
    };
    for (let turn = 0; turn < 8; turn += 1) {
      const { sent, read } = await begin();
      sent.destroy();
      assert.equal((await read)?.ok, false);
    }
    for (let turn = 0; turn < 8; turn += 1) await begin();
    const oneMore = await begin();
    oneMore.sent.end('}');
    const refused = await oneMore.read;
    server.close();
    server.closeAllConnections();
    assert.equal(refused?.ok === false && refused.refusal.code, 'gateway_busy');
  });
});

describe('threat 30: a call whose address has no end', () => {
  it('is the client’s mistake, about which nobody is asked', async () => {
    const [publicUrl, clock] = ['https://models.example', manualClock()];
    // Nobody answers there: to be asked would look like an outage.
    const server = { issuer: 'http://127.0.0.1:9', clientId: 'rs', clientSecret: 'secret' };
    const guard = createGuard({
      mode: 'remote',
      resource: publicUrl,
      publicUrl,
      clock,
      feed: false,
      ...server,
    });
    const claims = { method: 'POST', url: publicUrl, accessToken: 'token' };
    const dpop = await createProof(await generateProofKey(), claims, { clock, random: systemRandom });
    const statusOf = async (target: string) => {
      const request = { method: 'POST', target, authorization: ['DPoP token'], dpop: [dpop] };
      const decision = await guard.authorizeCall(request, { model: 'echo' });
      return decision.allowed ? 200 : decision.challenge.status;
    };
    assert.equal(await statusOf(`/${'a'.repeat(5000)}`), 400);
    assert.equal(await statusOf(`/?${'a'.repeat(5000)}`), 503);
    await guard.close();
  });
});
