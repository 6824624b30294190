import assert from 'node:assert/strict';
import { setTimeout as wait } from 'node:timers/promises';
import { openStorage } from '../../src/storage/open.js';
import type { Storage } from '../../src/storage/storage.js';
import { agents, BackchannelDesk } from '../support/backchannel-desk.js';
import { MovableClock } from '../support/clock.js';
import { Device, type Answer } from '../support/device.js';
import { type Holdfast, startHoldfast } from '../support/harness.js';
import { introspect } from '../support/login.js';
import { atOnce } from '../support/parallel.js';
import { createDatabase } from '../support/postgres.js';
import { eventsDuring } from '../support/security-events.js';

/* Threats 14 and 6: polling a request that is somebody else's, too fast, too late, too often, or with another key. */
describe('threat 14: polling for the answer of a person elsewhere', () => {
  let storage: Storage;
  let holdfast: Holdfast;
  let desk: BackchannelDesk;
  before(async function () {
    this.timeout(60_000);
    const clock = new MovableClock();
    storage = await openStorage({ databaseUrl: await createDatabase(), dataFolder: undefined, clock });
    await storage.migrate();
    holdfast = await startHoldfast(agents, { storage, clock });
    desk = await BackchannelDesk.open(holdfast);
  });
  after(async () => {
    await holdfast.close();
    await storage.close();
  });

  const errorOf = ({ body }: Answer) => body['error'];
  const asked = async () => {
    const person = await desk.person();
    const answer = await desk.ask({ login_hint: person.email });
    return { ...person, answer, id: answer.body['auth_req_id'] };
  };

  it('is slowed down by five seconds for each poll that comes too early (CIBA §11)', async () => {
    const { id } = await asked();
    assert.equal(errorOf(await desk.poll(id)), 'authorization_pending');
    holdfast.clock.advance(4);
    assert.equal(errorOf(await desk.poll(id)), 'slow_down');
    holdfast.clock.advance(6);
    assert.equal(errorOf(await desk.poll(id)), 'slow_down');
    holdfast.clock.advance(15);
    assert.equal(errorOf(await desk.poll(id)), 'authorization_pending');
  });

  it('by another client gets what an unknown request gets, and is told as an event', async () => {
    const { id, answer } = await asked();
    await desk.approve(answer);
    let foreign: Answer | undefined;
    const events = await eventsDuring(holdfast, 'backchannel_misuse', async () => {
      foreign = await desk.poll(id, { client_id: 'other-agent' });
    });
    const unknown = await desk.poll(`hldf_bc_${'x'.repeat(26)}`, { client_id: 'other-agent' });
    const malformed = await desk.poll('hldf_bc_', { client_id: 'other-agent' });
    for (const each of [foreign, unknown, malformed]) {
      assert.deepEqual([each?.status, each?.body['error']], [400, 'invalid_grant']);
      assert.equal(each?.body['error_description'], 'grant request is invalid');
    }
    assert.deepEqual(
      events.map(({ how }) => how),
      ['other_client'],
    );
    assert.equal((await desk.poll(id)).status, 200, 'nothing was used up');
  });

  it('with another key gets nothing and takes nothing away, and is told as an event (threat 6)', async () => {
    const { id, answer } = await asked();
    const thief = await Device.create(holdfast.clock);
    assert.equal(errorOf(await desk.poll(id, { device: thief })), 'invalid_grant', 'while it waits');
    await desk.approve(answer);
    const events = await eventsDuring(holdfast, 'backchannel_misuse', async () => {
      const stolen = await desk.poll(id, { device: thief });
      assert.deepEqual([stolen.status, errorOf(stolen)], [400, 'invalid_grant']);
    });
    assert.deepEqual(
      events.map(({ how }) => how),
      ['wrong_key'],
    );
    assert.equal((await desk.poll(id)).status, 200);
  });

  it('after a denial gets access_denied for ever, also when the time is over', async () => {
    const { id, answer } = await asked();
    assert.equal(await desk.service.deny(await desk.requestOf(answer)), true);
    assert.equal(errorOf(await desk.poll(id)), 'access_denied');
    assert.equal(await desk.approve(answer), 'gone');
    holdfast.clock.advance(400);
    assert.equal(errorOf(await desk.poll(id)), 'access_denied');
  });

  it('after its time gets expired_token, and nobody can approve it any more', async () => {
    const waiting = await asked();
    const approved = await asked();
    assert.equal(await desk.approve(approved.answer), 'approved');
    holdfast.clock.advance(300);
    assert.equal(await desk.approve(waiting.answer), 'gone');
    assert.equal(errorOf(await desk.poll(waiting.id)), 'expired_token');
    assert.equal(errorOf(await desk.poll(approved.id)), 'expired_token');
  });

  it('at once redeems an approval once, and the tokens of the one that won live', async () => {
    const { id, answer } = await asked();
    await desk.approve(answer);
    const answers = await atOnce(100, () => desk.poll(id));
    assert.equal(answers.filter(({ status }) => status === 200).length, 1);
    assert.equal(answers.filter((each) => errorOf(each) === 'invalid_grant').length, 99);
  });

  it('gets nothing when her account was revoked between approval and redemption', async () => {
    const { id, answer, accountId } = await asked();
    await desk.approve(answer);
    await storage.accounts.revoke(accountId);
    assert.equal(errorOf(await desk.poll(id)), 'invalid_grant');
  });

  it('gets no tokens that outlive a revocation, however the two are timed', async () => {
    for (let round = 0; round < 5; round += 1) {
      const { id, answer, accountId } = await asked();
      await desk.approve(answer);
      const [polled] = await Promise.all([
        desk.poll(id),
        wait(round).then(() => storage.accounts.revoke(accountId)),
      ]);
      const token = (polled.body['access_token'] as string | undefined) ?? '';
      assert.equal((await introspect(holdfast.issuer, token)).body['active'] ?? false, false);
    }
  });

  it('by a sign-in that is older than a revocation approves nothing', async () => {
    const { id, answer, accountId } = await asked();
    await storage.accounts.revoke(accountId);
    assert.equal(await desk.approve(answer, { generation: 0 }), 'gone');
    assert.equal(errorOf(await desk.poll(id)), 'authorization_pending');
  });
});
