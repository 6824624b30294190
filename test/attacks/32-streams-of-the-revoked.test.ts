import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { FrameworkDesk, type FrameworkServer } from '../support/framework-desk.js';
import { mintToken, ModelGateway, storeCaller } from '../support/model-caller.js';
import { frameworks } from '../support/framework-servers.js';

/** Law 3: whoever was let in before the revocation does not go on being answered after it. */
describe('threat 32: a stream that was begun before the revocation', () => {
  let desk: FrameworkDesk;
  before(async () => {
    desk = await FrameworkDesk.open();
  });
  after(() => desk.close());

  for (const framework of Object.keys(frameworks)) {
    describe(`by ${framework}`, () => {
      let server: FrameworkServer;
      before(async () => {
        server = await desk.serverOf(framework);
      });
      after(() => server.close());

      it('is cut off, also where the handler knows nothing of signals, and does not look whole', async () => {
        server.reset();
        server.pieces = async function* () {
          yield 'one ';
          await new Promise(() => {});
        };
        const sent = await server.open('{"model":"echo","stream":true}');
        sent.end();
        const [answer] = (await once(sent, 'response')) as [IncomingMessage];
        answer.on('error', () => {});
        await once(answer, 'data');
        const ended = new Promise((resolve) => answer.once('close', () => resolve('ended')));
        server.revocation.abort();
        assert.equal(await Promise.race([ended, goesOn()]), 'ended');
        assert.equal(answer.complete, false);
        assert.equal(server.seen[0]?.admission.signal.aborted, true, 'the handler was told');
        await server.ended.promise;
      });
    });
  }

  // One that hears the feed never asks again in this test, one that asks again hears no feed.
  for (const [how, options] of [
    ['hears the feed', { streams: { recheckSeconds: 3600 } }],
    ['asks again', { feed: false, streams: { recheckSeconds: 0.2 } }],
  ] as const) {
    it(`is cut off by a real revocation at the example gateway, which ${how}`, async () => {
      const { holdfast, key } = desk;
      const family = await storeCaller(holdfast);
      const gateway = await ModelGateway.start(holdfast, undefined, options);
      try {
        const token = await mintToken(holdfast, family, { jkt: key.jkt });
        const answer = await gateway.open({ key, token }, { model: 'echo', prompt: 'word '.repeat(20_000) });
        answer.on('error', () => {});
        const ended = new Promise((resolve) => answer.once('close', () => resolve('ended')));
        let said = '';
        answer.on('data', (piece: Buffer) => (said += piece.toString()));
        await once(answer, 'data');
        await holdfast.storage.grants.revoke(family.grantId, new Date(holdfast.clock.now()));
        assert.equal(await Promise.race([ended, goesOn()]), 'ended');
        assert.deepEqual([answer.complete, said.includes('[DONE]')], [false, false]);
      } finally {
        await gateway.close();
      }
    });
  }

  /** So long nothing runs that was cut off; only a sabotage waits for it. */
  const goesOn = (): Promise<string> =>
    new Promise((resolve) => setTimeout(() => resolve('goes on'), 10_000).unref());
});
