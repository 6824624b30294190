import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { generateProofKey } from '../../src/proof/create-proof.js';
import type { Answer } from '../support/device.js';
import { awaited, FrameworkDesk, type FrameworkServer } from '../support/framework-desk.js';
import { callPath, frameworks, listPath } from '../support/framework-servers.js';
import { sendAsIs } from '../support/raw-request.js';

describe('the adapters in remote mode', () => {
  let desk: FrameworkDesk;
  before(async () => {
    desk = await FrameworkDesk.open('remote');
  });
  after(() => desk.close());

  for (const framework of Object.keys(frameworks)) {
    it(`let the provider judge proof, token and model at once, at every endpoint, in ${framework}`, async () => {
      const server = await desk.serverOf(framework);
      try {
        const headers = await server.headersFor('POST', callPath, await desk.token());
        const answer = await server.send(headers, '{"model":"echo"}');
        assert.deepEqual([answer.status, answer.body['model']], [200, 'echo'], JSON.stringify(answer.body));
        const again = await server.send(headers, '{"model":"echo"}');
        assert.deepEqual([again.status, again.body['error']], [401, 'invalid_dpop_proof']);
        const thief = await server.call('{"model":"echo"}', {}, await generateProofKey());
        assert.deepEqual([thief.status, thief.body['error']], [401, 'invalid_token']);
        const dear = await server.call('{"model":"echo-frontier"}');
        assert.match(dear.headers.get('www-authenticate') ?? '', /^DPoP error="insufficient_/);
        assert.equal(server.seen.length, 1);

        const list = await server.headersFor('GET', listPath, await desk.token());
        const listed = () => sendAsIs(server.url + listPath, { headers: list });
        assert.deepEqual((await listed()).body, { subject: desk.family.accountId });
        assert.equal((await listed()).body['error'], 'invalid_dpop_proof');
        const poor = await server.list(await desk.token('model:call'));
        assert.deepEqual([poor.status, poor.body['error']], [403, 'insufficient_scope']);
      } finally {
        await server.close();
      }
    });
  }
});

describe('the adapters of holdfast/gateway, in the real frameworks before the real provider', () => {
  let desk: FrameworkDesk;
  before(async () => {
    desk = await FrameworkDesk.open();
  });
  after(() => desk.close());

  for (const framework of Object.keys(frameworks)) {
    describe(framework, () => {
      let server: FrameworkServer;
      before(async () => {
        server = await desk.serverOf(framework);
      });
      beforeEach(() => server.reset());
      after(() => server.close());

      function refused(answer: Answer, status: number, error: string): void {
        assert.deepEqual([answer.status, answer.body['error']], [status, error]);
        assert.match(answer.headers.get('content-type') ?? '', /^application\/json/);
        assert.equal(answer.headers.get('access-control-allow-origin'), '*');
        assert.equal(answer.headers.get('cache-control'), 'no-store');
        assert.deepEqual(
          [server.seen, server.errors],
          [[], []],
          'no handler was reached, and it is no fault of ours',
        );
      }

      it('hands an endpoint what was found out about its caller', async () => {
        const answer = await server.list(await desk.token());
        assert.deepEqual([answer.status, answer.body], [200, { subject: desk.family.accountId }]);
        assert.match(answer.headers.get('access-control-expose-headers') ?? '', /DPoP-Nonce/);
        await server.ended.promise;
      });

      it('hands a call its id, what was read of it, and the body to read again', async () => {
        const body = { model: 'echo', said: 'grüße' };
        const answer = await server.call(JSON.stringify(body));
        assert.deepEqual([answer.status, answer.body['model']], [200, 'echo']);
        assert.match(String(answer.body['id']), /^call_/);
        assert.deepEqual(server.seen[0]?.body, body);
        await server.ended.promise;
      });

      it('challenges whoever shows no token, no scope, the wrong key or a Bearer', async () => {
        const nobody = await sendAsIs(server.url + listPath);
        assert.equal(nobody.status, 401);
        assert.match(nobody.headers.get('www-authenticate') ?? '', /^DPoP algs=.*resource_metadata=/);
        assert.ok(nobody.headers.get('dpop-nonce'));
        const call = '{"model":"echo"}';
        refused(await server.list(await desk.token('model:call')), 403, 'insufficient_scope');
        refused(await server.call(call, {}, await generateProofKey()), 401, 'invalid_token');
        const bearer = { authorization: `Bearer ${await desk.token()}` };
        refused(await server.call(call, bearer), 401, 'invalid_token');
      });

      it('takes a proof once, for one address and one method', async () => {
        const token = await desk.token();
        const send = (headers: Record<string, string>) => server.send(headers, '{"model":"echo"}');
        refused(await send(await server.headersFor('GET', callPath, token)), 401, 'invalid_dpop_proof');
        refused(await send(await server.headersFor('POST', listPath, token)), 401, 'invalid_dpop_proof');
        const headers = await server.headersFor('POST', callPath, token);
        assert.equal((await send(headers)).status, 200);
        server.reset();
        refused(await send(headers), 401, 'invalid_dpop_proof');
      });

      it('passes on what the provider demands of a dear model', async () => {
        const answer = await server.call('{"model":"echo-frontier"}');
        assert.match(answer.headers.get('www-authenticate') ?? '', /^DPoP error="insufficient_/);
        assert.deepEqual([answer.status === 401 || answer.status === 403, server.seen], [true, []]);
      });

      it('refuses a body that is too long, and one that is no call, as the mistakes that they are', async () => {
        const long = JSON.stringify({ model: 'echo', padding: 'x'.repeat(2000) });
        refused(await server.call(long), 413, 'invalid_request');
        for (const body of ['{"model":', '[]', '{"model":7}', '', '\xff']) {
          refused(await server.call(body), 400, 'invalid_request');
        }
      });

      it('takes a GET of a call for a mistake of the client, too', async () => {
        const headers = await server.headersFor('GET', callPath, await desk.token());
        const { status } = await sendAsIs(server.url + callPath, { headers });
        assert.ok(status === 400 || status === 404, String(status));
        assert.deepEqual([server.seen, server.errors], [[], []]);
      });

      it('refuses two tokens and two proofs, however the framework joins them', async () => {
        const one = await server.headersFor('POST', callPath, await desk.token());
        const two = await server.headersFor('POST', callPath, await desk.token());
        const twice = (name: 'authorization' | 'dpop') => [one[name] ?? '', two[name] ?? ''];
        const send = (headers: Record<string, string | string[]>) =>
          sendAsIs(server.url + callPath, {
            method: 'POST',
            headers: { ...one, ...headers },
            body: '{"model":"echo"}',
          });
        refused(await send({ dpop: twice('dpop') }), 401, 'invalid_dpop_proof');
        refused(await send({ authorization: twice('authorization') }), 400, 'invalid_request');
      });

      it('answers the preflight of a browser app', async () => {
        const answer = await sendAsIs(server.url + callPath, { method: 'OPTIONS' });
        assert.equal(answer.status, 204);
        assert.match(answer.headers.get('access-control-allow-headers') ?? '', /DPoP/);
      });

      it('tells a fault of its own to the framework alone', async () => {
        assert.equal((await server.call('{"model":"echo","throws":true}')).status, 500);
        assert.equal(server.errors.length, 1);
        await server.ended.promise;
      });

      it('shrugs when a client hangs up in the middle of its body', async () => {
        const sent = await server.open('{"model":"ec', 500);
        sent.once('socket', (socket) => socket.once('connect', () => setImmediate(() => sent.destroy())));
        await new Promise((resolve) => sent.once('close', resolve));
        assert.equal((await server.call('{"model":"echo"}')).status, 200);
        assert.deepEqual([server.seen.length, server.errors], [1, []]);
      });

      it('tells the handler when the client hangs up in the middle of the answer', async () => {
        const gone = awaited<void>();
        server.pieces = async function* ({ signal }) {
          signal.addEventListener('abort', () => gone.settle());
          yield 'one ';
          await gone.promise;
        };
        const sent = await server.open('{"model":"echo","stream":true}');
        sent.end();
        const [answer] = (await once(sent, 'response')) as [IncomingMessage];
        answer.on('error', () => {});
        await once(answer, 'data');
        answer.destroy();
        await gone.promise;
        await server.ended.promise;
      });

      it('sends pieces as they come', async () => {
        const more = awaited<void>();
        server.pieces = async function* () {
          yield 'one ';
          await more.promise;
          yield 'two';
        };
        const sent = await server.open('{"model":"echo","stream":true}');
        sent.end();
        const [answer] = (await once(sent, 'response')) as [IncomingMessage];
        const [first] = (await once(answer, 'data')) as [Buffer];
        more.settle();
        const rest = (await answer.toArray()) as Buffer[];
        assert.equal(Buffer.concat([first, ...rest]).toString(), 'one two');
        await server.ended.promise;
      });
    });
  }
});
