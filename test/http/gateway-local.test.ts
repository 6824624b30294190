import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { request as ask } from 'undici';
import { jwtGateway } from '../support/clients.js';
import { startHoldfast, type Holdfast } from '../support/harness.js';
import { revoke, signIn } from '../support/login.js';
import { Notices } from '../support/notices.js';
import { TwoWayGateway } from '../support/two-way-gateway.js';

/** Local mode before the real provider and its feed; the questions go through a counter. */
describe('a gateway in local mode', () => {
  let holdfast: Holdfast;
  let counter: Server;
  let questions = 0;
  before(async () => {
    holdfast = await startHoldfast();
    counter = createServer((request, response) => {
      questions += 1;
      void (async () => {
        const headers = {
          authorization: request.headers.authorization ?? '',
          'content-type': request.headers['content-type'] ?? '',
        };
        const body = await buffer(request);
        const answer = await ask(`${holdfast.issuer}/introspect`, { method: 'POST', headers, body });
        response.writeHead(answer.statusCode).end(await answer.body.text());
      })();
    });
    await new Promise<void>((resolve) => counter.listen(0, '127.0.0.1', resolve));
  });
  after(async () => {
    counter.closeAllConnections();
    await new Promise((resolve) => counter.close(resolve));
    await holdfast.close();
  });

  async function start(changes: object): Promise<TwoWayGateway> {
    const notices = new Notices();
    const { issuer, clock } = holdfast;
    const endpoint = `http://127.0.0.1:${(counter.address() as AddressInfo).port}/introspect`;
    const options = { issuer, clock, endpoint, mode: 'local', onNotice: notices.hear, ...changes } as const;
    const gateway = await TwoWayGateway.start(options);
    await notices.next('feed_heard');
    return gateway;
  }

  const opaque = { scope: 'openid offline_access model:call' };
  const jwt = { resource: jwtGateway, scope: 'openid offline_access jwt:call' };
  const atJwt = { resource: jwtGateway, clientId: 'rs-jwt', scope: ['jwt:call'] };
  for (const [what, wish, place, which] of [
    ['an opaque token', opaque, {}, 'accessToken'],
    ['a JWT', jwt, atJwt, 'accessToken'],
    ['a grant', opaque, {}, 'refreshToken'],
  ] as const) {
    it(`asks once about a token, until the feed tells that ${what} was revoked`, async () => {
      const gateway = await start(place);
      try {
        const tokens = await signIn({ issuer: holdfast.issuer, ...wish });
        const holder = { key: tokens.device.key, token: tokens.accessToken };
        questions = 0;
        for (const _ of [1, 2, 3]) assert.equal((await gateway.use('list', holder)).status, 200);
        assert.equal(questions, 1);
        await revoke(holdfast.issuer, tokens[which]);
        while ((await gateway.use('list', holder)).status === 200) assert.equal(questions, 1);
        assert.equal((await gateway.use('list', holder)).status, 401);
        assert.ok(questions > 1, 'what is dead is not kept');
      } finally {
        await gateway.close();
      }
    });
  }

  it('decides calls of the models that its operator names by the token alone, and asks about every other', async () => {
    const gateway = await start({ localModels: ['ec?o'] });
    try {
      const tokens = await signIn({ issuer: holdfast.issuer });
      const holder = { key: tokens.device.key, token: tokens.accessToken };
      questions = 0;
      for (const _ of [1, 2]) assert.equal((await gateway.use('call', holder)).status, 200);
      assert.equal(questions, 1, 'one question about the token, none about the call');
      await revoke(holdfast.issuer, tokens.accessToken);
      while ((await gateway.use('call', holder)).status === 200) assert.equal(questions, 1);
    } finally {
      await gateway.close();
    }
  });
});
