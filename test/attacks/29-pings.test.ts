import assert from 'node:assert/strict';
import tls from 'node:tls';
import { setTimeout as wait } from 'node:timers/promises';
import { agent, BackchannelDesk } from '../support/backchannel-desk.js';
import { MovableClock } from '../support/clock.js';
import { testClients } from '../support/clients.js';
import { type Holdfast, startHoldfast } from '../support/harness.js';
import { listen, type Listener } from '../support/listener.js';
import { localhostCertificate } from '../support/localhost-certificate.js';

/*
 * Threat 29 at CIBA's pings: a client registers where it is told that there is an answer. Also what a crash leaves: here
 * each decision is made by a node that dies right after, so that the server finds the ping in the database.
 */
describe('threat 29: pinging a client', () => {
  const token = 'notification-token-of-128-bits-and-more';
  let endpoint: Listener;
  let holdfast: Holdfast;
  let desk: BackchannelDesk;
  const received: { authorization: string | undefined; body: unknown }[] = [];

  before(async () => {
    tls.setDefaultCACertificates([...tls.getCACertificates(), localhostCertificate.cert]);
    endpoint = await listen(
      (request, response) => {
        received.push({
          authorization: request.headers.authorization,
          body: JSON.parse(endpoint.bodies.at(-1) ?? ''),
        });
        if (request.url === '/moved') response.writeHead(307, { location: `${endpoint.url}/else` });
        else response.statusCode = 204;
        response.end();
      },
      '127.0.0.1',
      true,
    );
  });
  after(() => endpoint.close());
  afterEach(() => holdfast.close());

  async function start(allowPrivate: boolean) {
    const at = (path: string) => ({
      backchannel_token_delivery_mode: 'ping',
      backchannel_client_notification_endpoint: `https://localhost:${endpoint.port}${path}`,
    });
    holdfast = await startHoldfast(
      {
        clients: [...testClients, agent('pinged', at('/ping')), agent('moved', at('/moved'))],
        dangerously_allow_private_network_fetch: allowPrivate,
      },
      { clock: new MovableClock() },
    );
    desk = await BackchannelDesk.open(holdfast);
  }

  /** Somebody answers what the client asked; `auth_req_id`. */
  async function answered(client_id: string, answer: 'approve' | 'deny'): Promise<string> {
    const { email } = await desk.person();
    const asked = await desk.ask({ client_id, login_hint: email, client_notification_token: token });
    assert.equal(asked.status, 200, JSON.stringify(asked.body));
    if (answer === 'approve') assert.equal(await desk.approve(asked), 'approved');
    else await desk.service.deny(await desk.requestOf(asked));
    return String(asked.body['auth_req_id']);
  }

  async function until(met: () => boolean): Promise<void> {
    for (let tries = 0; !met() && tries < 150; tries += 1) await wait(100);
    assert.ok(met(), holdfast.log.slice(-5).join('\n'));
  }

  it('tells it once, with its own token, whichever the answer is, and follows no redirect', async function () {
    this.timeout(20_000);
    await start(true);
    const ids = [await answered('pinged', 'approve'), await answered('pinged', 'deny')];
    await answered('moved', 'approve');
    const { email } = await desk.person();
    const unanswered = await desk.ask({
      client_id: 'pinged',
      login_hint: email,
      client_notification_token: token,
    });
    assert.equal(await desk.approve(unanswered, { generation: 1 }), 'gone');
    holdfast.clock.advance(3);
    await until(() => endpoint.paths.length >= 3);
    await until(() => holdfast.log.some((line) => line.includes('a notice could not be sent yet')));
    const pings = received.filter((_, index) => endpoint.paths[index] === '/ping');
    assert.deepEqual(new Set(pings.map(({ authorization }) => authorization)), new Set([`Bearer ${token}`]));
    assert.deepEqual(
      pings.map(({ body }) => (body as { auth_req_id: string }).auth_req_id).toSorted(),
      ids.toSorted(),
    );
    assert.equal(endpoint.paths.includes('/else'), false);
    assert.equal((await desk.poll(ids[0], { client_id: 'pinged' })).status, 200);
  });

  it('connects to nothing in our own network', async function () {
    this.timeout(20_000);
    await start(false);
    const before = endpoint.connections;
    await answered('pinged', 'approve');
    holdfast.clock.advance(3);
    await until(
      () => endpoint.connections > before || holdfast.log.some((line) => line.includes('SpecialUseAddress')),
    );
    assert.equal(endpoint.connections, before);
  });
});
