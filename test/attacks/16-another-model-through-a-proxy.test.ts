import assert from 'node:assert/strict';
import { AuthzDesk } from '../support/authz-desk.js';

const fromBody = 'model_from=body&max_cost=2000';

/** Threat 16 at /authz: the upstream gets the bytes of the client, and must find no other model in them than the one that was asked about. */
describe('threat 16: the model of a call through a proxy', () => {
  let envoy: AuthzDesk;
  let nginx: AuthzDesk;
  before(async () => {
    [envoy, nginx] = await Promise.all([AuthzDesk.open('envoy'), AuthzDesk.open('nginx')]);
  });
  after(() => Promise.all([envoy.close(), nginx.close()]));

  const ofBody = (body: string, headers: Record<string, string> = {}) =>
    envoy.ask({ rule: fromBody, target: '/v1/chat/completions', body, headers });

  it('is the one that the body names, where the proxy sends bodies', async () => {
    const told = await ofBody('{"model":"fast","messages":[]}');
    assert.deepEqual([told.status, told.headers['x-holdfast-model']], [200, 'fast']);
    assert.deepEqual([envoy.asked?.['model'], envoy.asked?.['max_cost']], ['fast', 2000]);
  });

  it('is not two', async () => {
    const before = envoy.desk.issuer.calls.length;
    const bodies = [
      '{"model":"fast","model":"frontier"}',
      '{"model":"fast","\\u006dodel":"frontier"}',
      '{"Model":"frontier","model":"fast"}',
      '{"model":"fast","models":["frontier"]}',
      '{"model":"fast","fallbacks":["frontier"]}',
      '{"model":"ｆast"}',
      '{"model":["fast"]}',
      '{"messages":[]}',
      '[{"model":"fast"}]',
      'model=fast',
      '',
    ];
    const answers = await Promise.all(bodies.map((body) => ofBody(body)));
    assert.deepEqual(
      answers.map(({ status }) => status),
      bodies.map(() => 403),
    );
    assert.equal(envoy.desk.issuer.calls.length, before);
  });

  it('is not another one to who reads the same bytes as a form, or in another charset', async () => {
    const before = envoy.desk.issuer.calls.length;
    const form = '{"model":"fast","x":"&model=frontier&x="}';
    const utf7 = '{"model":"fast","x":"+ACIALAAi-model+ACI-:+ACI-frontier"}';
    for (const [body, type] of [
      [form, 'application/x-www-form-urlencoded'],
      [form, 'multipart/form-data; boundary=x'],
      [form, 'application/json, application/x-www-form-urlencoded'],
      [utf7, 'application/json; charset=utf-7'],
      [utf7, 'text/plain'],
      [utf7, ''],
    ] as const) {
      assert.equal((await ofBody(body, { 'content-type': type })).status, 403, type);
    }
    assert.equal(envoy.desk.issuer.calls.length, before);
    const said = { 'content-type': 'application/json; charset=UTF-8' };
    assert.equal((await ofBody('{"model":"fast"}', said)).status, 200);
  });

  it('is not beyond what the proxy has sent of the body', async () => {
    const told = await ofBody('{"model":"fast"}', { 'x-envoy-auth-partial-body': 'true' });
    assert.equal(told.status, 403);
  });

  it('is asked about also where the body comes with a GET', async () => {
    const asked = { rule: fromBody, target: '/v1/models', method: 'GET' };
    assert.equal((await envoy.ask(asked)).headers['x-holdfast-call'], '');
    const told = await envoy.ask({
      ...asked,
      body: '{"model":"frontier"}',
      headers: { 'content-length': '20' },
    });
    assert.deepEqual([told.status, envoy.asked?.['model']], [200, 'frontier']);
  });

  it('is not left out: an address that says nothing of a model lets nobody in', async () => {
    for (const rule of [
      '',
      'model=',
      'model=a&model=b',
      'model=a&model_from=none',
      'model_from=header',
      'modle=a',
      'model=a&max_cost=-1',
    ]) {
      // oxlint-disable-next-line no-await-in-loop
      const told = await nginx.ask({ rule });
      assert.deepEqual([rule, told.status], [rule, 500]);
    }
  });

  it('is not in the query, which some upstreams believe rather than body or place', async () => {
    const path = '/fast/v1/chat/completions';
    const before = [nginx, envoy].map(({ desk }) => desk.issuer.calls.length);
    for (const query of [
      'model=frontier',
      'a=b&MODEL=x',
      'models[]=x',
      'a=b;model=x',
      '%6dodel=x',
      'engine=x',
    ]) {
      const target = `${path}?${query}`;
      const body = '{"model":"fast"}';
      assert.equal((await envoy.ask({ rule: fromBody, target, body })).status, 403, query);
      assert.equal((await nginx.ask({ target })).status, 403, query);
    }
    assert.deepEqual(
      [nginx, envoy].map(({ desk }) => desk.issuer.calls.length),
      before,
    );
  });

  it('is not of the client’s choosing: neither a field, nor its query, nor its path says which', async () => {
    const target = '/fast/v1/chat/completions?x=model%3Dcheapest&model_from=none';
    const headers = { 'x-holdfast-model': 'cheapest', 'x-model': 'cheapest' };
    for (const desk of [nginx, envoy]) {
      // oxlint-disable-next-line no-await-in-loop
      const told = await desk.ask({ target, headers, rule: 'model=frontier' });
      assert.deepEqual([told.status, desk.asked?.['model']], [200, 'frontier'], told.text);
    }
  });

  it('and whose call it is are told in full, so that nothing of the client’s stands in an empty place', async () => {
    const introspection = {
      active: true,
      client_id: 'job',
      aud: 'https://models.example/',
      cnf: { jkt: nginx.desk.key.jkt },
    };
    nginx.desk.decides({ decision: 'allow', introspection });
    const { headers } = await nginx.ask();
    const told = ['subject', 'client', 'scope', 'acr', 'call', 'model'].map(
      (name) => headers[`x-holdfast-${name}`],
    );
    assert.deepEqual(told, ['', 'job', '', '', `call_${nginx.desk.issuer.calls.length}`, 'fast']);
  });
});
