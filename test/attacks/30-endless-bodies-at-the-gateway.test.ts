import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { FrameworkDesk, type FrameworkServer } from '../support/framework-desk.js';
import { frameworks } from '../support/framework-servers.js';

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
