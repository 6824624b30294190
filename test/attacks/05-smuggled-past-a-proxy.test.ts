import assert from 'node:assert/strict';
import { proxyNames, type ProxyName } from '../../src/gateway/authz/proxies.js';
import { AuthzDesk, proxySecret } from '../support/authz-desk.js';

const cheap = '/fast/v1/chat/completions';
const dear = '/frontier/v1/chat/completions';
/** The fields that each proxy sets itself. */
const own: Readonly<Record<Exclude<ProxyName, 'envoy'>, { method: string; target: string }>> = {
  nginx: { method: 'x-original-method', target: 'x-original-uri' },
  traefik: { method: 'x-forwarded-method', target: 'x-forwarded-uri' },
  caddy: { method: 'x-forwarded-method', target: 'x-forwarded-uri' },
};
/** Every field by which some proxy or framework tells an original request. */
const claims = [
  'x-original-uri',
  'x-original-url',
  'x-original-method',
  'x-forwarded-uri',
  'x-forwarded-method',
  'x-forwarded-path',
  'x-rewrite-url',
  'x-http-method-override',
  'x-envoy-original-path',
];

/** Threat 5 at /authz: what is said of a request there is believed, so only the proxy may say it, in its own fields. */
for (const proxy of proxyNames) {
  describe(`threat 5: what a client sends past ${proxy} to /authz`, () => {
    let desk: AuthzDesk;
    before(async () => void (desk = await AuthzDesk.open(proxy)));
    after(() => desk.close());

    const refusedUnasked = async (asked: Parameters<AuthzDesk['ask']>[0], status: number): Promise<void> => {
      const before = desk.desk.issuer.calls.length;
      const told = await desk.ask(asked);
      assert.equal(told.status, status, JSON.stringify([asked, told.text]));
      assert.equal(told.headers['x-holdfast-subject'], undefined);
      assert.equal(desk.desk.issuer.calls.length, before, 'nobody was asked, so nothing was spent');
    };

    it('is let in as the proxy asks, for the model and the caller that the proxy names', async () => {
      const told = await desk.ask({
        rule: proxy === 'envoy' ? 'model=fast&max_cost=2000' : 'model=fast&max_cost=2000&scope=model:call',
        headers: { 'x-holdfast-model': 'frontier', 'x-holdfast-subject': 'somebody' },
      });
      assert.equal(told.status, 200, told.text);
      assert.equal(told.headers['x-holdfast-subject'], 'person');
      assert.equal(told.headers['x-holdfast-model'], 'fast');
      assert.equal(told.headers['x-holdfast-call'], `call_${desk.desk.issuer.calls.length}`);
      const { model, max_cost: maxCost, caller_address: address } = desk.asked ?? {};
      assert.deepEqual([model, maxCost, address], ['fast', 2000, '203.0.113.9']);
    });

    it('is nothing without the secret of the proxy, with another one, or with two', async () => {
      const close = `${proxySecret.slice(0, -1)}5`;
      for (const secret of [[], '', close, [proxySecret, close], [close, proxySecret], `${proxySecret}, x`]) {
        // oxlint-disable-next-line no-await-in-loop
        await refusedUnasked({ headers: { 'x-holdfast-proxy': secret } }, 403);
      }
    });

    it('is no proof for another request than the one that the proxy passes on', async () => {
      const elsewhere = await desk.proof('POST', dear);
      const otherwise = await desk.proof('GET', cheap);
      await refusedUnasked({ dpop: elsewhere }, 401);
      await refusedUnasked({ dpop: otherwise }, 401);
    });

    it('is no original request: fields that this proxy does not set are not looked at', async () => {
      const mine: string[] = proxy === 'envoy' ? [] : Object.values(own[proxy]);
      const foreign = claims.filter((name) => !mine.includes(name));
      const says = (name: string) => (name.includes('method') ? 'GET' : dear);
      const headers = Object.fromEntries(foreign.map((name) => [name, says(name)]));
      await refusedUnasked({ dpop: await desk.proof('GET', dear), headers }, 401);
      assert.equal((await desk.ask({ headers })).status, 200);
    });

    it('is no origin', async () => {
      const headers = {
        host: 'evil.example',
        'x-forwarded-host': 'evil.example',
        'x-forwarded-proto': 'http',
        'x-forwarded-server': 'evil.example',
        forwarded: 'host=evil.example',
      };
      assert.equal((await desk.ask({ headers })).status, 200, 'for the configured origin');
    });

    it('is no path that two could read differently', async () => {
      for (const target of [
        `/fast/..${dear}`,
        `/fast/%2e%2e${dear}`,
        `/fast/..%2ffrontier/v1`,
        '/fast//v1',
        '/a\\..\\b',
        // Some readers take the parameters off a segment first.
        `/fast/..;a=b${dear}`,
        `/fast/;${dear}`,
        // Some proxies compare paths as they came, and upstreams decode them; some decode twice.
        '/%66rontier/v1/chat/completions',
        '/fast/%252e%252e/frontier',
        '/fast/%zz',
        '/fast/%0a',
        '/fast#/v1',
      ]) {
        // oxlint-disable-next-line no-await-in-loop
        await refusedUnasked({ target, dpop: 'whatever' }, 403);
      }
    });

    it('is a path with escapes where they are needed', async () => {
      assert.equal((await desk.ask({ target: '/fast/v1/models/llama3%3A8b%20%C3%A9/' })).status, 200);
    });

    it('is no address of its own: the last one counts, which the proxy has added', async () => {
      const headers = { 'x-forwarded-for': '198.51.100.7, 203.0.113.9' };
      assert.equal((await desk.ask({ headers })).status, 200);
      assert.equal(desk.asked?.['caller_address'], '203.0.113.9');
    });

    if (proxy === 'envoy') return;
    it('is seen where it stands beside what the proxy sets, or in its place', async () => {
      const { method, target } = own[proxy];
      await refusedUnasked({ headers: { [target]: [cheap, dear] } }, 500);
      await refusedUnasked({ headers: { [method]: ['POST', 'GET'] } }, 500);
      await refusedUnasked({ headers: { [target]: [] } }, 500);
      await refusedUnasked({ headers: { [method]: [] } }, 500);
    });
  });
}
