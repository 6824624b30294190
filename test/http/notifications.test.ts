import assert from 'node:assert/strict';
import { setTimeout as wait } from 'node:timers/promises';
import { AccountVisitor, noticeOf } from '../support/account-visitor.js';
import { agents, BackchannelDesk } from '../support/backchannel-desk.js';
import { FakePushService, type TakenPush } from '../support/fake-push-service.js';
import { type Holdfast, startHoldfast } from '../support/harness.js';

describe('a person whom a client asks for from elsewhere', () => {
  let holdfast: Holdfast;
  let service: FakePushService;
  let desk: BackchannelDesk;
  before(async () => {
    service = await FakePushService.open();
    holdfast = await startHoldfast({ ...agents, dangerously_allow_private_network_fetch: true });
    desk = await BackchannelDesk.open(holdfast);
  });
  afterEach(() => {
    service.status = 201;
  });
  after(async () => {
    await holdfast.close();
    await service.close();
  });

  const settled = async (locale?: string) => {
    const person = await AccountVisitor.signedIn(holdfast);
    const { id } = await person.account();
    const email = `${person.login}@example.com`;
    await holdfast.storage.accounts.setEmail(id, email);
    if (locale !== undefined) await holdfast.storage.accounts.setLocale(id, locale);
    return { person, id, email };
  };
  const turnOn = async (person: AccountVisitor) => {
    const target = service.subscribe();
    const page = await person.visitor.follow(
      await person.send('/account/notifications', { subscription: JSON.stringify(target) }),
    );
    assert.equal(noticeOf(page), 'You get notifications in this browser.');
    return new URL(target.endpoint).pathname;
  };
  const ask = async (login_hint: string, more: Record<string, string> = {}) => {
    const answer = await desk.ask({ login_hint, ...more });
    assert.equal(answer.status, 200, JSON.stringify(answer.body));
    return new URL(String(answer.body['approval_uri']));
  };
  const pushed = async (path: string, count = 1): Promise<TakenPush[]> => {
    for (let waited = 0; waited < 5000; waited += 10) {
      const taken = service.taken.filter((each) => each.path === path);
      if (taken.length >= count) return taken;
      await wait(10);
    }
    throw new Error(`no push came to ${path}`);
  };

  it('hears in each of her browsers and by mail, in vague words, with the link', async () => {
    const { person, email } = await settled();
    const browsers = [await turnOn(person), await turnOn(person)];
    const { pathname, href } = await ask(email, { binding_message: 'W4SCT-9' });
    assert.ok(href.length < 100, href);
    for (const browser of browsers) {
      const [push] = await pushed(browser);
      assert.deepEqual(
        { ...push?.message, tag: '' },
        {
          title: 'Agent agent asks for your approval',
          body: 'Open this to see what it asks for.',
          path: pathname,
          tag: '',
        },
      );
      const ttl = Number(push?.headers['ttl']);
      assert.ok(ttl > 0 && ttl <= 300, String(ttl));
    }
    const mail = await holdfast.mails.waitFor(email, 'approval_wanted');
    assert.ok(mail.text.includes(href), mail.text);
    assert.ok(mail.text.includes('Agent agent'));
    assert.ok(!mail.text.includes('W4SCT-9'));
    const seen = (await person.look()).text;
    assert.match(seen, /last one /);
  });

  it('hears in her own language', async () => {
    const { person, email } = await settled('zh-Hant');
    const browser = await turnOn(person);
    await ask(email);
    const [push] = await pushed(browser);
    assert.match(push?.message?.title ?? '', /需要你的核准/);
    assert.match((await holdfast.mails.waitFor(email, 'approval_wanted')).text, /需要你的核准/);
  });

  it('keeps a browser whose push service is busy, and forgets one that takes no more', async () => {
    const { person, id, email } = await settled();
    const browser = await turnOn(person);
    service.status = 503;
    await ask(email);
    await pushed(browser);
    assert.equal((await holdfast.storage.pushSubscriptions.listOf(id)).length, 1);
    service.status = 410;
    await ask(email, { client_id: 'other-agent' });
    await pushed(browser, 2);
    for (let waited = 0; waited < 5000; waited += 10) {
      if ((await holdfast.storage.pushSubscriptions.listOf(id)).length === 0) return;
      await wait(10);
    }
    assert.fail('the subscription is still there');
  });

  it('hears nothing where it was turned off', async () => {
    const { person, id, email } = await settled();
    const [off, on] = [await turnOn(person), await turnOn(person)];
    const [, older] = await holdfast.storage.pushSubscriptions.listOf(id);
    await person.send('/account/notifications/off', { browser: older?.id ?? '' });
    await ask(email);
    await pushed(on);
    assert.equal(service.taken.filter(({ path }) => path === off).length, 0);
  });

  it('is told of what can’t be a subscription', async () => {
    const { person } = await settled();
    const page = await person.visitor.follow(
      await person.send('/account/notifications', { subscription: '{"endpoint":"ftp://x"}' }),
    );
    assert.equal(noticeOf(page), 'Notifications could not be turned on.');
  });

  it('finds them in the copy of her data, without where they go', async () => {
    const { person } = await settled();
    await turnOn(person);
    await person.addFirstPasskey();
    holdfast.clock.advance(25 * 3600);
    const elsewhere = await person.elsewhere();
    const file = await elsewhere.change('/account/export', 'export_data');
    holdfast.clock.reset();
    const { notified_browsers: told } = JSON.parse(file.text) as { notified_browsers: object[] };
    assert.equal(told.length, 1);
    assert.deepEqual(Object.keys(told[0] ?? {}).toSorted(), ['created_at']);
  });
});
