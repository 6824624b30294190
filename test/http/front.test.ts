import { strict as assert } from 'node:assert';
import { requestContext } from '../../src/http/request-context.js';
import type { RequestHandler } from '../../src/http/front.js';
import { DatabaseUnavailable } from '../../src/lib/unavailable.js';
import { runFront, sendRaw, type RunningFront } from '../support/front-harness.js';

/** Tells what the application behind the front got to see. */
const echo: RequestHandler = (request, response) => {
  const { body, ...context } = requestContext(request);
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify({ headers: request.headers, context, body: body.toString() }));
};

interface Seen {
  readonly headers: Record<string, string>;
  readonly context: { requestId: string; clientAddress: string };
  readonly body: string;
}

const requestIdShape = /^[0-9A-Z]{4}(-[0-9A-Z]{4}){3}$/;

describe('the front', () => {
  let running: RunningFront;
  before(async () => (running = await runFront({ handler: () => echo })));
  after(() => running.close());

  const fetchEcho = async (path: string, init?: RequestInit): Promise<Seen> =>
    (await (await fetch(running.url + path, init)).json()) as Seen;

  it('shows the application the issuer’s host and scheme, whatever the client says', async () => {
    const raw = await sendRaw(
      running.port,
      'GET /token HTTP/1.1\r\nHost: evil.example\r\nX-Forwarded-Host: evil.example\r\nX-Forwarded-Proto: gopher\r\n' +
        'Forwarded: host=evil.example\r\nX-Forwarded-For: 203.0.113.1\r\nX-Original-URL: /evil.example\r\n' +
        'X-Forwarded-Client-Cert: evil.example\r\nClient-Cert: :evil.example:\r\nX-HTTP-Method-Override: DELETE\r\n' +
        'Connection: close\r\n\r\n',
    );
    assert.match(raw, /^HTTP\/1.1 200/);
    assert.ok(!raw.includes('evil.example'), raw);
    assert.ok(!raw.includes('DELETE'));
    const seen = await fetchEcho('/token');
    assert.equal(seen.headers['host'], 'id.test');
    assert.equal(seen.headers['x-forwarded-host'], 'id.test');
    assert.equal(seen.headers['x-forwarded-proto'], 'https');
    assert.equal(seen.headers['x-forwarded-for'], '127.0.0.1');
    assert.equal(seen.context.clientAddress, '127.0.0.1');
  });

  it('names each request and tells the name to client and application', async () => {
    const response = await fetch(`${running.url}/token`, { headers: { 'x-request-id': 'mine' } });
    const { context } = (await response.json()) as Seen;
    assert.match(context.requestId, requestIdShape);
    assert.equal(response.headers.get('x-request-id'), context.requestId);
  });

  it('sets the security headers of every answer, also of its own refusals', async () => {
    for (const path of ['/token', '/%00']) {
      const { headers } = await fetch(running.url + path);
      assert.match(
        headers.get('content-security-policy') ?? '',
        /default-src 'none'.*frame-ancestors 'none'/,
      );
      assert.equal(headers.get('x-content-type-options'), 'nosniff');
      assert.equal(headers.get('referrer-policy'), 'no-referrer');
      assert.equal(headers.get('cross-origin-opener-policy'), 'same-origin');
      assert.equal(headers.get('cross-origin-resource-policy'), 'same-origin');
      assert.match(headers.get('strict-transport-security') ?? '', /max-age=\d{8}/);
      assert.equal(headers.get('cache-control'), 'no-store');
      assert.match(headers.get('x-request-id') ?? '', requestIdShape);
    }
    assert.equal((await fetch(`${running.url}/jwks`)).headers.get('cache-control'), null);
  });

  it('hands bodies on up to the limit', async () => {
    const body = 'x'.repeat(57_344);
    assert.equal((await fetchEcho('/token', { method: 'POST', body })).body, body);
  });

  it('refuses a larger body by its Content-Length', async () => {
    const response = await fetch(`${running.url}/token`, { method: 'POST', body: 'x'.repeat(57_345) });
    assert.equal(response.status, 413);
    assert.equal(((await response.json()) as { error: string }).error, 'invalid_request');
  });

  it('refuses a larger body while it streams, and one without end', async () => {
    const chunked = (chunks: number) =>
      sendRaw(
        running.port,
        'POST /token HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n' +
          `4000\r\n${'x'.repeat(0x4000)}\r\n`.repeat(chunks),
        1000,
      );
    assert.match(await chunked(4), /^HTTP\/1.1 413/);
    assert.match(await chunked(200).catch(() => 'HTTP/1.1 413'), /^HTTP\/1.1 413/);
    assert.equal((await fetch(`${running.url}/token`)).status, 200);
  });

  it('refuses a second DPoP header, sent twice or joined, and an oversize one', async () => {
    const twice = await sendRaw(
      running.port,
      'POST /token HTTP/1.1\r\nHost: a\r\nDPoP: a.b.c\r\ndpop: d.e.f\r\nContent-Length: 0\r\n\r\n',
    );
    assert.match(twice, /^HTTP\/1.1 400 .*"error":"invalid_dpop_proof"/s);
    for (const proof of ['a.b.c, d.e.f', 'a'.repeat(4097)]) {
      const response = await fetch(`${running.url}/token`, { method: 'POST', headers: { DPoP: proof } });
      assert.equal(response.status, 400);
      assert.equal(((await response.json()) as { error: string }).error, 'invalid_dpop_proof');
    }
    const atResource = await fetch(`${running.url}/userinfo`, { headers: { DPoP: 'a.b.c,d.e.f' } });
    assert.equal(atResource.status, 401);
    assert.match(
      atResource.headers.get('www-authenticate') ?? '',
      /^DPoP error="invalid_dpop_proof", algs="ES256/,
    );
  });

  it('refuses a second Authorization header', async () => {
    const raw = await sendRaw(
      running.port,
      'GET /userinfo HTTP/1.1\r\nHost: a\r\nAuthorization: DPoP x\r\nAuthorization: Bearer y\r\n\r\n',
    );
    assert.match(raw, /^HTTP\/1.1 400 .*"error":"invalid_request"/s);
  });

  it('refuses methods it does not know, and says which it does', async () => {
    const response = await fetch(`${running.url}/token`, { method: 'PROPFIND' });
    assert.equal(response.status, 405);
    assert.match(response.headers.get('allow') ?? '', /GET, HEAD, POST/);
  });

  it('refuses targets that are no path of ours', async () => {
    for (const target of [
      '//evil.example/x',
      'http://evil.example/token',
      '/%zz',
      '/%ff',
      '/a%00b',
      '/a%5cb',
    ]) {
      const raw = await sendRaw(
        running.port,
        `GET ${target} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`,
      );
      assert.match(raw, /^HTTP\/1.1 400 .*"error":"invalid_request"/s, target);
    }
  });

  it('refuses more than 100 header fields and answers what Node could not parse', async () => {
    const fields = Array.from({ length: 101 }, (_, index) => `X-${index}: a\r\n`).join('');
    assert.match(await sendRaw(running.port, `GET / HTTP/1.1\r\nHost: a\r\n${fields}\r\n`), /^HTTP\/1.1 400/);
    assert.match(await sendRaw(running.port, 'nonsense\r\n\r\n'), /^HTTP\/1.1 400 .*"invalid_request"/s);
    const long = `GET / HTTP/1.1\r\nHost: a\r\nX-Long: ${'a'.repeat(20_000)}\r\n\r\n`;
    assert.match(await sendRaw(running.port, long), /^HTTP\/1.1 431/);
  });

  it('notes its refusals for explain, and counts requests by route, never by raw path', async () => {
    const response = await fetch(`${running.url}/token?code=topsecret`, { method: 'PROPFIND' });
    await response.arrayBuffer();
    await running.refusalLog.flush();
    const noted = running.refusals.find(
      ({ requestId }) => requestId === response.headers.get('x-request-id'),
    );
    assert.equal(noted?.code, 'method_not_allowed');
    assert.equal(noted?.path, '/token');
    await (await fetch(`${running.url}/some/odd/path`)).arrayBuffer();
    const text = await running.metrics.render();
    assert.match(text, /request_duration_seconds_count\{method="other",route="\/token",status="405"/);
    assert.match(text, /route="other",status="200"/);
    assert.ok(!text.includes('/some/odd/path'));
    assert.ok(!running.lines.join('').includes('topsecret'));
  });
});

describe('the front behind a trusted proxy', () => {
  let running: RunningFront;
  before(
    async () =>
      (running = await runFront({
        env: {
          HOLDFAST_TRUSTED_PROXIES: '["127.0.0.1", "10.0.0.0/8"]',
          HOLDFAST_LIMITS_REQUESTS_PER_MINUTE_PER_ADDRESS: '5',
          HOLDFAST_LIMITS_INTERACTIONS_PER_MINUTE_PER_ADDRESS: '2',
          HOLDFAST_LIMITS_INTROSPECTIONS_PER_MINUTE_PER_CLIENT: '8',
        },
        handler: () => echo,
      })),
  );
  after(() => running.close());

  const from = (forwardedFor: string, path = '/token') =>
    fetch(running.url + path, { headers: { 'x-forwarded-for': forwardedFor } });
  const addressSeen = async (forwardedFor: string) =>
    ((await (await from(forwardedFor)).json()) as Seen).context.clientAddress;

  it('takes the last address that is no trusted proxy', async () => {
    assert.equal(await addressSeen('203.0.113.1'), '203.0.113.1');
    assert.equal(await addressSeen('198.51.100.9, 203.0.113.2, 10.1.2.3'), '203.0.113.2');
    assert.equal(await addressSeen('nonsense'), '127.0.0.1');
  });

  it('limits each address on its own and says when to come back', async () => {
    const statuses = [];
    for (let count = 0; count < 6; count += 1) statuses.push((await from('203.0.113.7')).status);
    assert.deepEqual(statuses, [200, 200, 200, 200, 200, 429]);
    const spent = await from('203.0.113.7');
    const seconds = Number(spent.headers.get('retry-after'));
    assert.ok(seconds >= 1 && seconds <= 60, String(seconds));
    assert.equal((await from('203.0.113.8')).status, 200);
  });

  it('limits sign-ins more tightly, and leaves introspection to its own budget', async () => {
    assert.equal((await from('203.0.113.20', '/authorize')).status, 200);
    assert.equal((await from('203.0.113.20', '/authorize?x')).status, 200);
    assert.equal((await from('203.0.113.20', '/authorize')).status, 429);
    assert.equal((await from('203.0.113.20', '/authorize/uid')).status, 200);
    for (let count = 0; count < 8; count += 1) {
      assert.equal((await from('203.0.113.30', '/introspect')).status, 200);
    }
    assert.equal((await from('203.0.113.30', '/introspect')).status, 429);
  });

  it('counts a whole IPv6 customer as one address', async () => {
    for (let count = 0; count < 5; count += 1) {
      assert.equal((await from(`2001:db8:1:2::${count + 1}`)).status, 200);
    }
    assert.equal((await from('2001:db8:1:2:aaaa::1')).status, 429);
    assert.equal((await from('2001:db8:1:3::1')).status, 200);
  });
});

describe('draining', () => {
  it('ends running requests, takes no new ones, and cuts what hangs', async () => {
    let finish = () => {};
    const slow: RequestHandler = (request, response) => {
      if (request.url === '/hang') return;
      finish = () => response.end('done');
    };
    const running = await runFront({ handler: () => slow });
    const kept = fetch(`${running.url}/slow`);
    const hung = fetch(`${running.url}/hang`).catch(() => 'cut');
    await new Promise((resolve) => setTimeout(resolve, 50));
    const drained = running.front.drain(150);
    setTimeout(() => finish(), 30);
    assert.equal(await (await kept).text(), 'done');
    await assert.rejects(fetch(`${running.url}/late`));
    assert.equal(await hung, 'cut');
    await drained;
    await running.close();
  });
});

describe('a failure behind the front', () => {
  it('is 503 with Retry-After when the database is away, in whoever’s words that is told', async () => {
    const gone = new DatabaseUnavailable(new Error('gone'));
    const failing = await runFront({
      handler: () => () => Promise.reject(new Error('busy', { cause: gone })),
    });
    const answer = await fetch(`${failing.url}/token`, { method: 'POST' });
    assert.equal(answer.status, 503);
    assert.ok(Number(answer.headers.get('retry-after')) > 0);
    await answer.text();
    await failing.close();
  });
});
