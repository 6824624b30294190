import { strict as assert } from 'node:assert';
import Koa, { type Middleware } from 'koa';
import { readForm } from '../../src/http/form-body.js';
import { readJson } from '../../src/http/json-body.js';
import { refusalsMiddleware } from '../../src/http/refusals.js';
import { refuse, RefusalError } from '../../src/lib/refusal.js';
import { DatabaseUnavailable } from '../../src/lib/unavailable.js';
import { runFront, type RunningFront } from '../support/front-harness.js';

const routes: Middleware = (ctx) => {
  switch (ctx.path) {
    case '/refused':
      throw refuse('passkey_rejected', 'the challenge was another');
    case '/unauthenticated':
      throw refuse('client_authentication_failed');
    case '/away':
      throw new DatabaseUnavailable(new Error('connect ECONNREFUSED'));
    case '/away-behind-the-provider':
      throw new Error('the service is busy', {
        cause: new DatabaseUnavailable(new Error('connect ECONNREFUSED')),
      });
    case '/bug':
      throw new TypeError('x is not a function at hldf_rt_SECRET');
    case '/koa':
      return ctx.throw(400, 'bad cookie');
    case '/form':
    case '/json': {
      const read = ctx.path === '/form' ? readForm(ctx.req) : readJson(ctx.req);
      if (!read.ok) throw new RefusalError(read.refusal);
      ctx.body = { got: read.value instanceof Map ? Object.fromEntries(read.value) : read.value };
      return;
    }
    default:
      return;
  }
};

function run(issuer: string, silent = true): Promise<RunningFront> {
  return runFront({
    env: { HOLDFAST_ISSUER: issuer },
    renderErrorPage: (facts) => ({
      html: `<p>${facts.says}</p><p>${facts.requestId}</p><p>${facts.detail ?? 'no detail'}</p>`,
      contentSecurityPolicy: "style-src 'self'",
    }),
    handler: (parts) => {
      const app = new Koa();
      app.silent = silent;
      app.use(refusalsMiddleware(parts)).use(routes);
      return app.callback();
    },
  });
}

interface Body {
  readonly error: string;
  readonly error_description: string;
  readonly request_id: string;
  readonly holdfast_code?: string;
  readonly holdfast_detail?: string;
}

describe('a refusal', () => {
  let running: RunningFront;
  before(async () => (running = await run('https://id.test')));
  after(() => running.close());

  const get = async (path: string, headers: Record<string, string> = {}) => {
    const response = await fetch(running.url + path, { headers });
    const text = await response.text();
    return { response, text, body: (text.startsWith('{') ? JSON.parse(text) : {}) as Body };
  };

  it('tells a stranger the standard’s error, a vague sentence and the request id, no more', async () => {
    const { response, body } = await get('/refused');
    assert.equal(response.status, 400);
    assert.deepEqual(body, {
      error: 'access_denied',
      error_description: 'That passkey did not work.',
      request_id: response.headers.get('x-request-id'),
    });
  });

  it('tells the log and `explain` everything, under the same request id', async () => {
    const { body } = await get('/refused');
    await running.refusalLog.flush();
    const noted = running.refusals.find(({ requestId }) => requestId === body.request_id);
    assert.equal(noted?.code, 'passkey_rejected');
    assert.equal(noted?.detail, 'the challenge was another');
  });

  it('is a page for a browser', async () => {
    const { response, text } = await get('/refused', { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' });
    assert.equal(response.status, 400);
    assert.match(response.headers.get('content-type') ?? '', /^text\/html/);
    assert.equal(response.headers.get('content-security-policy'), "style-src 'self'");
    assert.match(text, /That passkey did not work\..*no detail/);
  });

  it('is 503 with Retry-After while the database is away', async () => {
    for (const path of ['/away', '/away-behind-the-provider']) {
      const { response, body } = await get(path);
      assert.equal(response.status, 503);
      assert.ok(Number(response.headers.get('retry-after')) >= 1);
      assert.equal(body.error, 'temporarily_unavailable');
    }
  });

  it('is 500 without stack trace or secret for a bug of ours, and the log has the stack', async () => {
    const { response, text, body } = await get('/bug');
    assert.equal(response.status, 500);
    assert.equal(body.error, 'server_error');
    assert.ok(!text.includes('not a function'));
    const line = running.lines.find((entry) => entry.includes('not a function')) ?? '';
    assert.match(line, /refusals\.test/);
    assert.ok(!line.includes('hldf_rt_SECRET'));
  });

  it('is 401 with a challenge for a client that could not be authenticated', async () => {
    const { response } = await get('/unauthenticated');
    assert.equal(response.status, 401);
    assert.match(response.headers.get('www-authenticate') ?? '', /^Basic /);
  });

  it('is 404 for what nothing answers, and 400 for what Koa finds malformed', async () => {
    assert.equal((await get('/nothing')).body.error, 'not_found');
    const koa = await get('/koa');
    assert.equal(koa.response.status, 400);
    assert.equal(koa.body.error, 'invalid_request');
  });

  it('keeps the security headers of the front', async () => {
    for (const path of ['/bug', '/away', '/nothing']) {
      const { response } = await get(path);
      assert.equal(response.headers.get('x-content-type-options'), 'nosniff', path);
      assert.equal(response.headers.get('cache-control'), 'no-store', path);
    }
  });
});

describe('a refusal on a loopback issuer', () => {
  it('says code, help and reason in the answer itself', async () => {
    const running = await run('http://localhost:6180');
    try {
      const body = (await (await fetch(`${running.url}/refused`)).json()) as Body;
      assert.equal(body.holdfast_code, 'passkey_rejected');
      assert.equal(body.holdfast_detail, 'the challenge was another');
      const page = await fetch(`${running.url}/refused`, { headers: { accept: 'text/html' } });
      assert.match(await page.text(), /the challenge was another/);
    } finally {
      await running.close();
    }
  });
});

describe('reading a body', () => {
  let running: RunningFront;
  before(async () => (running = await run('http://localhost:6180')));
  after(() => running.close());

  const post = async (path: string, type: string, body: string | Buffer) => {
    const response = await fetch(running.url + path, {
      method: 'POST',
      headers: { 'content-type': type },
      body: typeof body === 'string' ? body : new Uint8Array(body),
    });
    return { status: response.status, body: (await response.json()) as Body & { got?: unknown } };
  };
  const form = 'application/x-www-form-urlencoded';

  it('reads forms and JSON', async () => {
    const fields = await post('/form', `${form}; charset=UTF-8`, 'a=1&b=%C3%A9+x');
    assert.deepEqual(fields.body.got, { a: '1', b: 'é x' });
    assert.deepEqual((await post('/json', 'application/json', '{"a":[1]}')).body.got, { a: [1] });
  });

  it('refuses a field that comes twice', async () => {
    const { status, body } = await post('/form', form, 'a=1&a=1');
    assert.equal(status, 400);
    assert.equal(body.holdfast_code, 'parameter_duplicated');
  });

  it('refuses what is malformed or of another type', async () => {
    const bodies: [string, string, string | Buffer][] = [
      ['/form', form, 'a=%zz'],
      ['/form', form, Buffer.from([0x61, 0x3d, 0xff])],
      ['/form', 'text/plain', 'a=1'],
      ['/form', form, Array.from({ length: 101 }, (_, index) => `f${index}=`).join('&')],
      ['/json', 'application/json', '{"a":'],
      ['/json', 'application/json', Buffer.from([0x22, 0xff, 0x22])],
      ['/json', form, '{}'],
    ];
    for (const [path, type, text] of bodies) {
      const { status, body } = await post(path, type, text);
      assert.equal(status, 400, text.toString());
      assert.equal(body.holdfast_code, 'request_malformed');
    }
  });
});
