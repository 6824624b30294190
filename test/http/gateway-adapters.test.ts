import assert from 'node:assert/strict';
import { once, type EventEmitter } from 'node:events';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { createGuard, type Guard } from '../../src/gateway/index.js';
import type { Admission, CallAdmission } from '../../src/gateway/admission.js';
import { systemRandom } from '../../src/lib/random.js';
import { createProof, generateProofKey, type ProofKey } from '../../src/proof/create-proof.js';
import { gatewayA, secretOf } from '../support/clients.js';
import type { Answer } from '../support/device.js';
import { callPath, frameworks, listPath, type RunningServer } from '../support/framework-servers.js';
import { startHoldfast, type Holdfast } from '../support/harness.js';
import { mintToken, storeCaller } from '../support/model-caller.js';
import { sendAsIs } from '../support/raw-request.js';
import type { Family } from '../support/records.js';

/** A promise and what settles it. */
function awaited<Value>(): { readonly promise: Promise<Value>; readonly settle: (value: Value) => void } {
  let settle: (value: Value) => void = () => {};
  const promise = new Promise<Value>((resolve) => (settle = resolve));
  return { promise, settle };
}

/** Closes, whatever the reason. */
function closing(stream: EventEmitter): Promise<void> {
  return new Promise((resolve) => stream.once('close', resolve));
}

describe('the adapters of holdfast/gateway, in the real frameworks before the real provider', () => {
  let holdfast: Holdfast;
  let family: Family;
  let key: ProofKey;
  let real: Guard;

  before(async () => {
    holdfast = await startHoldfast();
    family = await storeCaller(holdfast);
    key = await generateProofKey();
    real = createGuard({
      issuer: holdfast.issuer,
      resource: gatewayA,
      publicUrl: new URL(gatewayA).origin,
      clientId: 'rs-a',
      clientSecret: secretOf('rs-a'),
      clock: holdfast.clock,
    });
  });
  after(async () => {
    await real.close();
    await holdfast.close();
  });

  for (const [framework, start] of Object.entries(frameworks)) {
    describe(framework, () => {
      let server: RunningServer;
      let revoke: AbortController;
      let ended: ReturnType<typeof awaited<void>>;
      let seen: { admission: Admission; body?: unknown }[];
      /** Of the answer in pieces. */
      let pieces: (admission: CallAdmission) => AsyncIterable<string>;

      /** The real guard, whose signal is in the test's hand. */
      const guard: Guard = {
        decide: async (...asked) => watched(await real.decide(...asked)),
        authorizeCall: async (...asked) => watched(await real.authorizeCall(...asked)),
        usage: undefined as never,
        hearsFeed: false,
        close: () => Promise.resolve(),
      };
      const watched = <Decision extends { readonly allowed: boolean }>(decision: Decision): Decision =>
        decision.allowed ? { ...decision, signal: revoke.signal, end: () => ended.settle() } : decision;

      before(async () => {
        server = await start(guard, {
          list: (admission) => {
            seen.push({ admission });
            return { subject: admission.token.subject };
          },
          call: (admission, body) => {
            seen.push({ admission, body });
            const { stream, throws } = body as { stream?: boolean; throws?: boolean };
            if (throws === true) throw new Error('a fault of ours');
            return stream === true
              ? pieces(admission)
              : { model: admission.call.model, id: admission.callId };
          },
        });
      });
      beforeEach(() => {
        revoke = new AbortController();
        ended = awaited<void>();
        seen = [];
        server.errors.length = 0;
      });
      after(() => server.close());

      const nonce = async (): Promise<string> =>
        (await sendAsIs(server.url + listPath)).headers.get('dpop-nonce') ?? '';
      const token = (scope = 'model:read model:call'): Promise<string> =>
        mintToken(holdfast, family, { jkt: key.jkt, scope });
      async function headersFor(method: string, path: string, access: string, by = key) {
        const claims = {
          method,
          url: new URL(path, gatewayA).href,
          accessToken: access,
          nonce: await nonce(),
        };
        const dpop = await createProof(by, claims, { clock: holdfast.clock, random: systemRandom });
        return { authorization: `DPoP ${access}`, dpop };
      }
      async function list(access: string): Promise<Answer> {
        return sendAsIs(server.url + listPath, { headers: await headersFor('GET', listPath, access) });
      }
      async function call(body: string, more: Record<string, string> = {}, by = key): Promise<Answer> {
        const headers = { ...(await headersFor('POST', callPath, await token(), by)), ...more };
        return sendAsIs(server.url + callPath, {
          method: 'POST',
          headers: { 'content-type': 'application/json', ...headers },
          body,
        });
      }
      function refused(answer: Answer, status: number, error: string): void {
        assert.deepEqual([answer.status, answer.body['error']], [status, error]);
        assert.match(answer.headers.get('content-type') ?? '', /^application\/json/);
        assert.equal(answer.headers.get('access-control-allow-origin'), '*');
        assert.equal(answer.headers.get('cache-control'), 'no-store');
        assert.deepEqual(
          [seen, server.errors],
          [[], []],
          'no handler was reached, and it is no fault of ours',
        );
      }

      it('hands an endpoint what was found out about its caller', async () => {
        const answer = await list(await token());
        assert.deepEqual([answer.status, answer.body], [200, { subject: family.accountId }]);
        assert.match(answer.headers.get('access-control-expose-headers') ?? '', /DPoP-Nonce/);
        await ended.promise;
      });

      it('hands a call its id, what was read of it, and the body to read again', async () => {
        const body = { model: 'echo', said: 'grüße' };
        const answer = await call(JSON.stringify(body));
        assert.equal(answer.status, 200, JSON.stringify(answer.body));
        assert.equal(answer.body['model'], 'echo');
        assert.match(String(answer.body['id']), /^call_/);
        assert.deepEqual(seen[0]?.body, body);
        await ended.promise;
      });

      it('challenges whoever shows no token, no scope, the wrong key or a Bearer', async () => {
        const nobody = await sendAsIs(server.url + listPath);
        assert.equal(nobody.status, 401);
        assert.match(nobody.headers.get('www-authenticate') ?? '', /^DPoP algs=.*resource_metadata=/);
        assert.ok(nobody.headers.get('dpop-nonce'));
        refused(await list(await token('model:call')), 403, 'insufficient_scope');
        refused(await call('{"model":"echo"}', {}, await generateProofKey()), 401, 'invalid_token');
        refused(
          await call('{"model":"echo"}', { authorization: `Bearer ${await token()}` }),
          401,
          'invalid_token',
        );
      });

      it('takes a proof once, for one address and one method', async () => {
        const access = await token();
        const send = (headers: Record<string, string>) =>
          sendAsIs(server.url + callPath, {
            method: 'POST',
            headers: { 'content-type': 'application/json', ...headers },
            body: '{"model":"echo"}',
          });
        refused(await send(await headersFor('GET', callPath, access)), 401, 'invalid_dpop_proof');
        refused(await send(await headersFor('POST', listPath, access)), 401, 'invalid_dpop_proof');
        const headers = await headersFor('POST', callPath, access);
        assert.equal((await send(headers)).status, 200);
        seen = [];
        refused(await send(headers), 401, 'invalid_dpop_proof');
      });

      it('passes on what the provider demands of a dear model', async () => {
        const answer = await call('{"model":"echo-frontier"}');
        assert.match(answer.headers.get('www-authenticate') ?? '', /^DPoP error="insufficient_/);
        assert.deepEqual([answer.status === 401 || answer.status === 403, seen], [true, []]);
      });

      it('refuses a body that is too long, and one that is no call, as the mistakes that they are', async () => {
        const long = JSON.stringify({ model: 'echo', padding: 'x'.repeat(2000) });
        refused(await call(long), 413, 'invalid_request');
        for (const body of ['{"model":', '[]', '{"model":7}', '', '\xff']) {
          refused(await call(body), 400, 'invalid_request');
        }
      });

      it('answers the preflight of a browser app', async () => {
        const answer = await sendAsIs(server.url + callPath, { method: 'OPTIONS' });
        assert.equal(answer.status, 204);
        assert.match(answer.headers.get('access-control-allow-headers') ?? '', /DPoP/);
      });

      it('tells a fault of its own to the framework alone', async () => {
        const answer = await call('{"model":"echo","throws":true}');
        assert.equal(answer.status, 500);
        assert.equal(server.errors.length, 1);
        await ended.promise;
      });

      /** A call on a socket of its own, which the test can cut. */
      async function open(body: string, length = body.length) {
        const headers = {
          ...(await headersFor('POST', callPath, await token())),
          'content-type': 'application/json',
          'content-length': length,
        };
        const sent = httpRequest(server.url + callPath, { method: 'POST', headers, agent: false });
        sent.on('error', () => {});
        sent.write(body);
        return sent;
      }

      it('shrugs when a client hangs up in the middle of its body', async () => {
        const sent = await open('{"model":"ec', 500);
        sent.once('socket', (socket) => socket.once('connect', () => setImmediate(() => sent.destroy())));
        await closing(sent);
        assert.equal((await call('{"model":"echo"}')).status, 200);
        assert.deepEqual([seen.length, server.errors], [1, []]);
      });

      it('tells the handler when the client hangs up in the middle of the answer', async () => {
        const gone = awaited<void>();
        pieces = async function* ({ signal }) {
          signal.addEventListener('abort', () => gone.settle());
          yield 'one ';
          await gone.promise;
        };
        const sent = await open('{"model":"echo","stream":true}');
        sent.end();
        const [answer] = (await once(sent, 'response')) as [IncomingMessage];
        answer.on('error', () => {});
        await once(answer, 'data');
        answer.destroy();
        await gone.promise;
        await ended.promise;
      });

      it('sends pieces as they come', async () => {
        const more = awaited<void>();
        pieces = async function* () {
          yield 'one ';
          await more.promise;
          yield 'two';
        };
        const sent = await open('{"model":"echo","stream":true}');
        sent.end();
        const [answer] = (await once(sent, 'response')) as [IncomingMessage];
        const [first] = (await once(answer, 'data')) as [Buffer];
        more.settle();
        const rest = await answer.toArray();
        assert.equal(Buffer.concat([first, ...(rest as Buffer[])]).toString(), 'one two');
        await ended.promise;
      });

      it('ends a running answer whose token is revoked, whatever the handler does', async () => {
        pieces = async function* () {
          yield 'one ';
          await new Promise(() => {});
        };
        const sent = await open('{"model":"echo","stream":true}');
        sent.end();
        const [answer] = (await once(sent, 'response')) as [IncomingMessage];
        answer.on('error', () => {});
        await once(answer, 'data');
        const closed = closing(answer);
        revoke.abort();
        await closed;
        assert.equal(answer.complete, false, 'it was cut off, and does not look whole');
        assert.equal(seen[0]?.admission.signal.aborted, true);
        await ended.promise;
      });
    });
  }
});
