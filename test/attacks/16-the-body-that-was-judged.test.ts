import assert from 'node:assert/strict';
import { FrameworkDesk } from '../support/framework-desk.js';

/** Threat 16: a handler must not see another body than the one that was judged. */
describe('threat 16: a body that is judged once and read twice', () => {
  let desk: FrameworkDesk;
  before(async () => {
    desk = await FrameworkDesk.open();
  });
  after(() => desk.close());

  for (const framework of ['Koa', 'Express']) {
    it(`is served as the parser before the guard made it, in ${framework}`, async () => {
      const server = await desk.serverOf(`${framework} with a parser`);
      try {
        const { status, body } = await server.call('{"model":"echo-frontier","model":"echo"}');
        assert.deepEqual([status, body['model'], server.seen[0]?.body], [200, 'echo', { model: 'echo' }]);
        const dear = await server.call('{"model":"echo","model":"echo-frontier"}');
        assert.match(dear.headers.get('www-authenticate') ?? '', /^DPoP error="insufficient_/);
        assert.equal(server.seen.length, 1);
      } finally {
        await server.close();
      }
    });

    it(`is served as the guard read it, whatever lay there before in ${framework}`, async () => {
      const server = await desk.serverOf(`${framework} with a body that nobody read`);
      try {
        assert.equal((await server.call('{"model":"echo"}')).status, 200);
        assert.deepEqual(server.seen[0]?.body, { model: 'echo' });
      } finally {
        await server.close();
      }
    });
  }

  // What serves the call may keep the first of two (many a parser) or disregard case (that of Go).
  for (const framework of ['node:http', 'fetch', 'Express']) {
    it(`is refused where another parser could read another model in it, in ${framework}`, async () => {
      const server = await desk.serverOf(framework);
      try {
        for (const other of ['"model"', '"\\u006dodel"', '"Model"', '"MODEL" ']) {
          for (const text of [
            `{${other}:"echo-frontier","model":"echo"}`,
            `{"model":"echo",${other}:"echo-frontier"}`,
          ]) {
            const { status, body } = await server.call(text);
            assert.deepEqual([status, body['error']], [400, 'invalid_request'], text);
          }
        }
        const inner =
          '{"messages":[{"model":1,"a\\"\\\\":"}"},{"model":2}],"model":"echo","x":{"Model":"model"}}';
        assert.equal((await server.call(inner)).status, 200);
        assert.equal(server.seen.length, 1);
      } finally {
        await server.close();
      }
    });
  }
});
