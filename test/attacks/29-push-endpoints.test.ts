import assert from 'node:assert/strict';
import { setTimeout as wait } from 'node:timers/promises';
import { AccountVisitor } from '../support/account-visitor.js';
import { agents, BackchannelDesk } from '../support/backchannel-desk.js';
import { FakePushService } from '../support/fake-push-service.js';
import { type Holdfast, startHoldfast } from '../support/harness.js';
import { listen, type Listener } from '../support/listener.js';

/*
 * Threat 29: whoever is signed in says where notifications for her browser go. None leads into our own network, and not
 * even a TCP connection is seen there.
 */
const spellings = ['https://127.0.0.1', 'https://localhost', 'https://127.1', 'https://[::ffff:127.0.0.1]'];

describe('threat 29: an address that a browser said notifications go to', () => {
  let holdfast: Holdfast;
  let desk: BackchannelDesk;
  let inside: Listener;
  let service: FakePushService;
  before(async () => {
    [inside, service] = await Promise.all([listen(), FakePushService.open()]);
    holdfast = await startHoldfast(agents);
    desk = await BackchannelDesk.open(holdfast);
  });
  after(async () => {
    await holdfast.close();
    await inside.close();
    await service.close();
  });

  it('is never connected to within our own network', async () => {
    const person = await AccountVisitor.signedIn(holdfast);
    const { id } = await person.account();
    const email = `${person.login}@example.com`;
    await holdfast.storage.accounts.setEmail(id, email);
    const { keys } = service.subscribe();
    for (const spelling of spellings) {
      const subscription = { endpoint: `${spelling}:${inside.port}/${spelling.length}`, keys };
      await person.send('/account/notifications', { subscription: JSON.stringify(subscription) });
    }
    assert.equal((await holdfast.storage.pushSubscriptions.listOf(id)).length, spellings.length);
    const { status } = await desk.ask({ login_hint: email });
    assert.equal(status, 200);
    const failures = () => holdfast.log.filter((line) => line.includes('could not be sent yet')).length;
    for (let waited = 0; waited < 5000 && failures() < spellings.length; waited += 10) await wait(10);
    assert.equal(failures(), spellings.length);
    assert.equal(inside.connections, 0);
    // So that hearing nothing means something.
    await fetch(inside.url);
    assert.equal(inside.connections, 1);
  });

  it('is refused where it is on http, or holds a password', async () => {
    const person = await AccountVisitor.signedIn(holdfast);
    const { endpoint, keys } = service.subscribe();
    for (const wrong of [endpoint, 'https://me:secret@push.example/x']) {
      await person.send('/account/notifications', {
        subscription: JSON.stringify({ endpoint: wrong, keys }),
      });
    }
    const { id } = await person.account();
    assert.deepEqual(await holdfast.storage.pushSubscriptions.listOf(id), []);
  });
});
