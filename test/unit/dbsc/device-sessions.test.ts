import assert from 'node:assert/strict';
import { createDeviceSessions } from '../../../src/dbsc/index.js';
import { BoundBrowser, boundApp } from '../../support/bound-app.js';

const visit = { 'sec-fetch-mode': 'navigate', 'sec-fetch-site': 'cross-site' };

describe('a session of an app that is bound to its device', () => {
  it('registers with the login, and goes on by refreshing', async () => {
    const { server, clock } = boundApp();
    const browser = await BoundBrowser.open(server);
    const registered = await browser.signIn();
    assert.equal(registered.status, 200);
    assert.deepEqual(await registered.json(), {
      session_identifier: browser.sessionId,
      refresh_url: '/dbsc/refresh',
      scope: {
        include_site: false,
        scope_specification: ['/login', '/static'].map((path) => ({ type: 'exclude', domain: '*', path })),
      },
      credentials: [
        { type: 'cookie', name: '__Host-bound', attributes: 'Path=/; Secure; HttpOnly; SameSite=Lax' },
      ],
    });
    assert.match(
      registered.headers.get('set-cookie') ?? '',
      /; Max-Age=570; Path=\/; Secure; HttpOnly; SameSite=Lax$/,
    );
    for (let turn = 0; turn < 3; turn += 1) {
      clock.advance(601);
      assert.equal((await browser.send('/')).status, 401);
      // The challenge came with the answer before.
      assert.equal((await browser.refresh()).status, 200);
      assert.equal(await (await browser.send('/')).text(), 'bound');
    }
  });

  it('registers also where its cookie is not sent along, since another site led to the login', async () => {
    const { server } = boundApp();
    const browser = await BoundBrowser.open(server);
    const login = await browser.send('/login', { method: 'POST' });
    const sid = browser.cookies.get('sid') ?? '';
    browser.cookies.clear();
    const header = login.headers.get('secure-session-registration') ?? '';
    assert.equal((await browser.register(/challenge="([^"]+)"/.exec(header)?.[1])).status, 200);
    browser.cookies.set('sid', sid);
    assert.equal(await (await browser.send('/')).text(), 'bound');
  });

  it('is not bound in a browser that does not answer the offer', async () => {
    const { server } = boundApp();
    const browser = await BoundBrowser.open(server);
    await browser.send('/login', { method: 'POST' });
    assert.equal(await (await browser.send('/')).text(), 'unbound');
    assert.equal(await (await (await BoundBrowser.open(server)).send('/')).text(), 'none');
  });

  it('is asked for its challenge, which stays the same until it is answered', async () => {
    const { server } = boundApp();
    const browser = await BoundBrowser.open(server);
    await browser.signIn();
    const asked = [await browser.tryRefresh(), await browser.tryRefresh()];
    const said = asked.map(({ status, headers }) => [status, headers.get('secure-session-challenge')]);
    assert.deepEqual(said[0], [403, `"${browser.challenge}";id="${browser.sessionId}"`]);
    assert.deepEqual(said[1], said[0]);
    const before = browser.challenge;
    assert.equal((await browser.refresh()).status, 200);
    assert.notEqual(browser.challenge, before);
  });

  it('forgives two tabs and a lost answer for half a minute, without moving on', async () => {
    const { server, clock } = boundApp();
    const browser = await BoundBrowser.open(server);
    await browser.signIn();
    const first = browser.challenge;
    const proof = await browser.sign({ jti: first });
    const both = await Promise.all([browser.tryRefresh(proof), browser.tryRefresh(proof)]);
    assert.deepEqual(
      both.map(({ status }) => status),
      [200, 200],
    );
    const second = browser.challenge;
    clock.advance(30);
    assert.equal((await browser.tryRefresh(proof)).status, 200);
    assert.equal(browser.challenge, second);
    clock.advance(1);
    assert.equal((await browser.tryRefresh(proof)).status, 403);
    assert.equal((await browser.refresh(second)).status, 200);
  });

  it('is told to end where nobody knows it, it was ended, or another login has taken its place', async () => {
    const { server } = boundApp();
    const browser = await BoundBrowser.open(server);
    await browser.signIn();
    const gone = async () => {
      const answer = await browser.refresh();
      assert.equal(answer.headers.get('set-cookie'), null);
      return [answer.status, await answer.json()];
    };
    const first = browser.sessionId;
    const ended = (id: string) => [200, { session_identifier: id, continue: false }];
    browser.sessionId = 'unknown';
    assert.deepEqual(await gone(), ended('unknown'));
    await browser.signIn();
    const second = browser.sessionId;
    browser.sessionId = first;
    assert.deepEqual(await gone(), ended(first));
    browser.sessionId = second;
    assert.equal((await browser.refresh()).status, 200);
    await browser.send('/logout', { method: 'POST' });
    assert.deepEqual(await gone(), ended(second));
    assert.equal((await browser.send('/')).status, 401);
  });

  it('refreshes while requests that were under way arrive, and answers no page that pretends to', async () => {
    const { server, clock } = boundApp();
    const browser = await BoundBrowser.open(server);
    await browser.signIn();
    browser.cookies.delete('__Host-bound');
    clock.advance(10);
    assert.equal(await (await browser.send('/')).text(), 'bound');
    clock.advance(1);
    assert.equal((await browser.send('/')).status, 401);
    const pretended = await browser.send('/dbsc/refresh', { method: 'POST' });
    assert.deepEqual([pretended.status, pretended.headers.get('secure-session-challenge')], [403, null]);
  });

  it('is sent through a page of its own origin when it comes from another site', async () => {
    const { server, clock } = boundApp();
    const browser = await BoundBrowser.open(server);
    await browser.signIn();
    clock.advance(601);
    const arrival = await browser.send('//elsewhere.example/?a="b&c', { headers: visit });
    assert.equal(arrival.status, 200);
    assert.match(
      await arrival.text(),
      /content="0;url=https:\/\/app\.example\/\/elsewhere\.example\/\?a=%22b&#38;c"/,
    );
    const again = await browser.send('/', { headers: { ...visit, 'sec-fetch-site': 'same-origin' } });
    assert.equal(again.status, 401);
  });

  it('needs nothing where paths are excluded, by whatever name', async () => {
    const { server, clock } = boundApp();
    const browser = await BoundBrowser.open(server);
    await browser.signIn();
    clock.advance(601);
    const statuses = async (targets: readonly string[]) =>
      Promise.all(targets.map(async (target) => (await browser.send(target)).status));
    assert.deepEqual(await statuses(['/static', '/static/a.css', '/static?a']), [200, 200, 200]);
    assert.deepEqual(
      await statuses(['/staticx', '/static/%2e%2e%2fpay', '/static//x', '/']),
      [401, 401, 401, 401],
    );
  });

  it('proves itself anew before what a stolen cookie must not do', async () => {
    const { server, clock } = boundApp();
    const browser = await BoundBrowser.open(server);
    await browser.signIn();
    assert.equal(await (await browser.send('/pay')).text(), 'paid');
    clock.advance(121);
    const away = await browser.send('/pay?all');
    assert.deepEqual([away.status, away.headers.get('location')], [307, 'https://app.example/pay?all']);
    assert.ok(!browser.cookies.has('__Host-bound'));
    assert.equal((await browser.send('/pay')).status, 401);
    assert.equal((await browser.refresh()).status, 200);
    assert.equal(await (await browser.send('/pay')).text(), 'paid');
  });

  it('is written down when it begins, ends, and is tried with a cookie alone', async () => {
    const { server, clock, events } = boundApp();
    const browser = await BoundBrowser.open(server);
    await browser.signIn();
    const { sessionId } = browser;
    clock.advance(601);
    const skipped = { 'secure-session-skipped': `quota_exceeded;session_identifier="${sessionId}"` };
    await browser.send('/', { headers: skipped });
    await browser.send('/login/../logout', { method: 'POST' });
    await browser.refresh();
    await browser.send('/logout', { method: 'POST' });
    assert.deepEqual(events, [
      { kind: 'registered', sessionId },
      { kind: 'unproven', sessionId, skipped: 'quota_exceeded' },
      { kind: 'unproven', sessionId, skipped: undefined },
      { kind: 'ended', sessionId },
    ]);
  });
});

describe('a provider’s key', () => {
  it('is the only one that binds a session it was asked for', async () => {
    const devices = createDeviceSessions({ origin: 'https://app.example', key: Buffer.alloc(32, 1) });
    const shared = { key: 'thumbprint-of-another', sessionId: 's', url: 'https://login.example' };
    const header = devices.offer('sid', shared);
    assert.match(header, /;provider_key="thumbprint-of-another";provider_session_id="s";provider_url=/);
    const browser = await BoundBrowser.open(async () => new Response());
    const proof = await browser.proofOfRegistration(/challenge="([^"]+)"/.exec(header)?.[1] ?? '');
    const request = { session: 'sid', header: () => proof };
    assert.equal((await devices.register(request)).status, 400);
    const own = await browser.proofOfRegistration(
      /challenge="([^"]+)"/.exec(devices.offer('sid'))?.[1] ?? '',
    );
    assert.equal((await devices.register({ ...request, header: () => own })).status, 200);
  });
});
