import assert from 'node:assert/strict';
import { AccountVisitor } from '../support/account-visitor.js';
import { DbscDevice } from '../support/dbsc-device.js';
import { type Holdfast, startHoldfast } from '../support/harness.js';
import { sendAsIs } from '../support/raw-request.js';
import { bringsBoundCookie, robbed } from '../support/robbed.js';

const foreign = { origin: 'https://evil.test', 'sec-fetch-site': 'cross-site' };

/** Threats 22 and 23: another site's pages at what browsers alone should call. */
describe('threats 22 and 23: /dbsc/* from another site', () => {
  let holdfast: Holdfast;
  before(async () => {
    holdfast = await startHoldfast({ issuer: 'https://id.localhost' });
  });
  after(() => holdfast.close());
  afterEach(() => holdfast.clock.reset());

  it('binds no session', async () => {
    const device = new DbscDevice(holdfast, { registers: false });
    await AccountVisitor.signedIn(holdfast, device);
    const [offer] = device.offers;
    assert.ok(offer);
    const headers = [foreign, { ...foreign, 'sec-fetch-site': 'same-site' }, { origin: 'https://evil.test' }];
    for (const each of headers) {
      const answer = await device.forgeRegistration(offer, { headers: each });
      assert.equal(answer.status, 403, answer.text);
      assert.equal(bringsBoundCookie(answer), false);
    }
    assert.equal((await device.register()).status, 200);
  });

  it('renews no session and ends none: what names it no page can write', async () => {
    const { device, victim } = await robbed(holdfast);
    const proof = 'a.b.c';
    for (const _try of Array.from({ length: 8 })) {
      const answer = await device.post(
        `${holdfast.issuer}/dbsc/refresh`,
        {},
        { ...foreign, 'secure-session-response': proof },
      );
      assert.equal(bringsBoundCookie(answer), false);
    }
    holdfast.clock.advance(600);
    assert.equal(await victim.isSignedIn(), true);
  });

  it('is read by no other site, and answers no preflight', async () => {
    const base = `http://127.0.0.1:${holdfast.config.port}`;
    for (const path of ['/dbsc/register', '/dbsc/refresh']) {
      const asked = {
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'secure-session-response',
      };
      const preflight = await sendAsIs(base + path, { method: 'OPTIONS', headers: { ...foreign, ...asked } });
      const post = await sendAsIs(base + path, { method: 'POST', headers: foreign, body: '' });
      const get = await sendAsIs(base + path, { headers: foreign });
      for (const { headers } of [preflight, post, get]) {
        const shared = [...headers].filter(([name]) => name.startsWith('access-control-'));
        assert.deepEqual(shared, [], path);
      }
      assert.equal(post.headers.get('cache-control'), 'no-store');
      assert.equal(post.headers.get('cross-origin-resource-policy'), 'same-origin');
      assert.ok(get.status >= 400 && get.status !== 500, `${get.status}`);
    }
  });

  it('tells a stranger nothing: a session that lives and one that never was are answered alike', async () => {
    const { device } = await robbed(holdfast);
    const stranger = new DbscDevice(holdfast);
    const ask = async (id: string) => {
      const url = `${holdfast.issuer}/dbsc/refresh`;
      const { status, text } = await stranger.post(url, {}, { 'sec-secure-session-id': id });
      return { status, text: text.replace(id, 'ID') };
    };
    assert.deepEqual(await ask(device.held.id), await ask(`dbs_${'A'.repeat(22)}`));
  });
});
