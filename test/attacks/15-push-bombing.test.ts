import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { agents, BackchannelDesk } from '../support/backchannel-desk.js';
import { MovableClock } from '../support/clock.js';
import type { Answer } from '../support/device.js';
import { type Holdfast, sharedStorage, startHoldfast } from '../support/harness.js';
import { atOnce } from '../support/parallel.js';
import { introspect } from '../support/login.js';
import { watchStorage, type StoreCall } from '../support/watched-storage.js';

/*
 * Threat 15: a client, or who has its secret, asks a person until she agrees by mistake; or asks for anybody to learn who
 * has an account.
 */
describe('threat 15: asking people until they give in', () => {
  let holdfast: Holdfast;
  let desk: BackchannelDesk;
  let calls: StoreCall[];
  before(async () => {
    const watched = watchStorage(await sharedStorage());
    ({ calls } = watched);
    holdfast = await startHoldfast(agents, { storage: watched.storage, clock: new MovableClock() });
    desk = await BackchannelDesk.open(holdfast);
  });
  after(() => holdfast.close());

  const nobody = () => `nobody.${randomBytes(6).toString('hex')}@example.test`;
  const waitOf = ({ status, headers }: Answer) => [status, headers.get('retry-after')];

  it('has one request waiting per client and person, known or not; another client may ask', async () => {
    const known = await desk.person();
    for (const login_hint of [known.email, nobody()]) {
      const answers = await atOnce(8, () => desk.ask({ login_hint }));
      assert.equal(answers.filter(({ status }) => status === 200).length, 1);
      const [refused] = answers.filter(({ status }) => status !== 200);
      assert.ok(refused);
      assert.deepEqual(
        [...waitOf(refused), refused.body['error'], refused.body['holdfast_code']],
        [429, '300', 'temporarily_unavailable', 'backchannel_busy'],
      );
      assert.equal((await desk.ask({ login_hint, client_id: 'other-agent' })).status, 200);
    }
    assert.equal((await desk.service.listPending(known.accountId)).length, 2);
  });

  it('must pause after a denial, longer each time', async () => {
    const { email } = await desk.person();
    for (const seconds of [60, 300, 1800]) {
      const asked = await desk.ask({ login_hint: email });
      assert.equal(asked.status, 200, JSON.stringify(asked.body));
      await desk.service.deny(await desk.requestOf(asked));
      assert.deepEqual(waitOf(await desk.ask({ login_hint: email })), [429, String(seconds)]);
      holdfast.clock.advance(seconds);
    }
  });

  it('may ask again at once after an approval', async () => {
    const { email } = await desk.person();
    for (let round = 0; round < 25; round += 1) {
      const asked = await desk.ask({ login_hint: email });
      assert.equal(await desk.approve(asked), 'approved', `round ${round}`);
    }
  });

  it('gets a phantom for the same person under another name, so that she is asked once and nothing is told', async () => {
    const { accountId, email } = await desk.person();
    await desk.ask({ login_hint: email });
    const second = await desk.ask({ login_hint: accountId });
    assert.equal(second.status, 200);
    assert.equal((await desk.requestOf(second)).accountId, undefined);
    assert.equal((await desk.service.listPending(accountId)).length, 1);
  });

  it('can’t have all clients together ask her for ever, known or not', async () => {
    const { email } = await desk.person();
    for (const login_hint of [email, nobody()]) {
      const statuses: number[] = [];
      for (let round = 0; round < 21; round += 1) {
        statuses.push((await desk.ask({ login_hint })).status);
        holdfast.clock.advance(300);
      }
      assert.deepEqual([statuses.indexOf(429), statuses.length], [20, 21]);
    }
  });

  it('has no more of it by other spellings of her address, known or not', async () => {
    const { email } = await desk.person();
    for (const login_hint of [email, nobody()]) {
      const [local, domain = ''] = login_hint.split('@');
      const wide = domain.replace('.', '\u3002').replace('e', '\uff45');
      const spellings = [
        wide,
        domain.replace('e', '%65'),
        domain.replace('x', 'x\u00ad'),
        domain.toUpperCase(),
      ];
      const hints = [login_hint, ...spellings.map((each) => `${local}@${each}`)];
      const answers = [];
      for (const each of hints) answers.push((await desk.ask({ login_hint: each })).status);
      assert.deepEqual(answers, [200, 429, 429, 429, 429]);
    }
  });

  it('is told the same, by the same statements, whether the hint names anybody', async () => {
    const { email } = await desk.person();
    // What tells the person begins when the client has its answer; whoever comes next would feel any difference.
    const count = (wanted: string) => calls.filter(({ name }) => name === wanted).length;
    const settled = async () => {
      for (let tries = 0; tries < 250; tries += 1) {
        if (count('noticeOutbox.remove') >= count('noticeOutbox.put')) return;
        await wait(20);
      }
    };
    await settled();
    const seen = async (login_hint: string) => {
      const start = calls.length;
      const asked = await desk.ask({ login_hint, binding_message: 'W4SCT' });
      await settled();
      const asking = calls.slice(start).map(({ name }) => name);
      const between = calls.length;
      const polled = await desk.poll(asked.body['auth_req_id']);
      const busy = await desk.ask({ login_hint, binding_message: 'W4SCT' });
      const shape = ({ status, body, headers }: Answer) => ({
        status,
        headers: [...headers.keys()].toSorted(),
        body: Object.entries(body).map(([name, value]) => [name, String(value).length]),
      });
      const rest = calls.slice(between).map(({ name }) => name);
      return { asking, rest, asked: shape(asked), polled: shape(polled), busy: shape(busy) };
    };
    const background = /^(outbox|noticeOutbox)\.(?!put)|^refusals\./;
    const withoutBackground = ({ asking, rest, ...answers }: Awaited<ReturnType<typeof seen>>) => ({
      ...answers,
      asking: asking.filter((name) => !background.test(name)),
      rest: rest.filter((name) => !background.test(name)),
    });
    const known = withoutBackground(await seen(email));
    assert.deepEqual(withoutBackground(await seen(nobody())), known);
    assert.ok(known.asking.includes('accounts.findByEmail'), 'the watch works');
    assert.ok(known.asking.includes('backchannelRequests.insert'));
    assert.ok(known.asking.includes('outbox.put'), 'she is told');
    assert.ok(known.rest.includes('backchannelRequests.poll'));
  });

  it('can’t be approved for nobody, with whatever number and by whomever', async () => {
    const asked = await desk.ask({ login_hint: nobody() });
    assert.equal(await desk.approve(asked), 'gone');
  });

  it('asks who did not ask for a number that she can’t know: the third wrong one ends it', async () => {
    const { email } = await desk.person();
    const asked = await desk.ask({ login_hint: email });
    const request = await desk.requestOf(asked);
    const wrong = asked.body['matching_number'] === '11' ? '12' : '11';
    const approved = await desk.approve({ ...asked, body: { ...asked.body, matching_number: wrong } });
    assert.equal(approved, 'gone', 'her passkey alone is not enough');
    const outcomes = [];
    for (const typed of [wrong, ` ${wrong} `, '', String(asked.body['matching_number'])]) {
      outcomes.push(await desk.service.tryNumber(request, typed));
    }
    assert.deepEqual(outcomes, ['wrong', 'wrong', 'ended', 'gone']);
    assert.equal(await desk.approve(asked), 'gone');
    const polled = await desk.poll(asked.body['auth_req_id']);
    assert.deepEqual(
      [polled.body['error'], polled.body['holdfast_code']],
      ['access_denied', 'backchannel_denied'],
    );
  });

  it('loses all that it has of her when she says that she did not ask, and may not come back for a day', async () => {
    const { accountId, email } = await desk.person();
    const first = await desk.ask({ login_hint: email });
    await desk.approve(first);
    const tokens = await desk.poll(first.body['auth_req_id']);
    assert.equal(tokens.status, 200);
    const second = await desk.ask({ login_hint: email });
    const other = await desk.ask({ login_hint: email, client_id: 'other-agent' });
    assert.equal(await desk.service.notMe(await desk.requestOf(second)), true);
    const polled = await desk.poll(second.body['auth_req_id']);
    assert.deepEqual(
      [polled.body['error'], polled.body['holdfast_code']],
      ['access_denied', 'backchannel_disowned'],
    );
    const token = String(tokens.body['access_token']);
    assert.equal((await introspect(holdfast.issuer, token)).body['active'], false);
    assert.deepEqual(waitOf(await desk.ask({ login_hint: email })), [429, '86400']);
    const byId = await desk.ask({ login_hint: accountId });
    assert.equal((await desk.requestOf(byId)).accountId, undefined, 'a phantom');
    const pending = await desk.service.listPending(accountId);
    assert.deepEqual(
      pending.map(({ clientId }) => clientId),
      ['other-agent'],
    );
    assert.equal(other.status, 200);
  });
});

describe('threat 15: asking as a client that anybody may claim to be', () => {
  let holdfast: Holdfast;
  let desk: BackchannelDesk;
  before(async () => {
    const limits = { backchannel_per_minute_per_client: 4, backchannel_per_hour_per_network: 2 };
    holdfast = await startHoldfast({ ...agents, limits, trusted_proxies: ['127.0.0.1'] });
    desk = await BackchannelDesk.open(holdfast);
    // For the first nonce it asks twice.
    await ask('known-public', '198.51.100.1');
  });
  after(() => holdfast.close());

  let asked = 0;
  const ask = async (client_id: string, from: string) => {
    const login_hint = `nobody.${(asked += 1)}@example.test`;
    const { status, headers } = await desk.ask({ client_id, login_hint }, desk.device, from);
    return [status, Number(headers.get('retry-after') ?? 0) > 60];
  };

  it('goes as far as the allowance of a network, and takes nothing from the others', async () => {
    const network = ['2001:db8:1:2::1', '2001:db8:1:2::2', '2001:db8:1:2::3', '2001:db8:1:2::4'];
    const answers = [];
    for (const from of network) answers.push(await ask('known-public', from));
    assert.deepEqual(answers, [
      [200, false],
      [200, false],
      [429, true],
      [429, true],
    ]);
    // Not even a question about the allowance is free: the node's own budget comes first.
    assert.deepEqual(await ask('known-public', '2001:db8:1:2::5'), [429, false]);
    assert.deepEqual(await ask('known-public', '2001:db8:1:3::1'), [200, false]);
  });

  it('is otherwise for the client alone, wherever it is', async () => {
    const answers = [];
    for (let count = 0; count < 5; count += 1) answers.push(await ask('agent', `203.0.113.${count}`));
    assert.deepEqual(
      answers.map(([status]) => status),
      [200, 200, 200, 200, 429],
    );
    assert.deepEqual(await ask('other-agent', '203.0.113.1'), [200, false]);
  });
});
