import assert from 'node:assert/strict';
import { setTimeout as wait } from 'node:timers/promises';
import { claimLife, headStart } from '../../src/mail/delivery-policy.js';
import type { MailTransport } from '../../src/mail/mail-message.js';
import { createSmtpTransport } from '../../src/mail/smtp-transport.js';
import { authorizeUrl, pkce } from '../support/login.js';
import { startMailbox, type Mailbox } from '../support/mailbox.js';
import { fakeTransport, mailDesk, mailIssuer, type MailDesk } from '../support/mail-desk.js';
import { startCluster } from '../support/nodes.js';
import { atOnce, deferred } from '../support/parallel.js';
import { createDatabase } from '../support/postgres.js';
import { anotherNode, migratedStorage, type TestDatabase } from '../support/test-database.js';
import { formWith, Visitor } from '../support/visitor.js';

/*
 * Law 2 for mails, and what is promised to whoever was told that a mail is on its way: of several nodes on one
 * PostgreSQL one delivers, and no crash loses a letter.
 */
describe('the outbox of several nodes', () => {
  let one: TestDatabase;
  let two: TestDatabase;
  let three: TestDatabase;
  before(async function () {
    this.timeout(60_000);
    one = await migratedStorage('PostgreSQL');
    two = await anotherNode(one);
    three = await anotherNode(one);
  });
  after(async () => {
    for (const { storage } of [one, two, three]) await storage.close();
  });

  const desk = (node: TestDatabase, transport: MailTransport) =>
    mailDesk({ outbox: node.storage.outbox, clock: one.clock, transport });
  const letter = (to: string) => ({ to, kind: 'test', locale: 'en', values: {} }) as const;

  it('delivers each of 60 letters once, though three nodes look for them all the time', async () => {
    const mailbox = await startMailbox();
    const transport = createSmtpTransport(settingsOf(mailbox));
    const desks = [desk(one, transport), desk(two, transport), desk(three, transport)];
    const each = (count: number, work: (at: MailDesk, index: number) => Promise<unknown>) =>
      atOnce(count, async (index) => {
        const at = desks[index % desks.length];
        if (at) await work(at, index);
      });
    try {
      await each(60, (at, index) => at.mailer.send(letter(`person${index}@example.com`)));
      one.clock.advance(headStart / 1000);
      await each(30, (at) => at.delivery.deliverDue(at.own));
      await each(30, (at) => at.delivery.deliverDue([]));
      const received = (await mailbox.received()).map(({ to }) => to);
      assert.equal(received.length, 60);
      assert.equal(new Set(received).size, 60);
    } finally {
      transport.close();
      await mailbox.close();
    }
  });

  it('gives a letter that one node is just taking to no other', async () => {
    await desk(one, fakeTransport()).mailer.send(letter('mary@example.com'));
    one.clock.advance(headStart / 1000);
    const [taken, gate] = [deferred<void>(), deferred<void>()];
    const claim = (node: TestDatabase) => {
      const now = one.clock.now();
      const until = new Date(now + claimLife);
      return node.storage.outbox.claim({ own: [], now: new Date(now), until, limit: 10 });
    };
    const first = one.storage.transaction.run(async () => {
      const letters = await claim(one);
      taken.resolve();
      await gate.promise;
      return letters;
    });
    await taken.promise;
    const second = claim(two);
    await wait(200);
    gate.resolve();
    assert.deepEqual([(await first).length, (await second).length], [1, 0]);
    for (const { id } of await first) await one.storage.outbox.remove(id);
  });

  it('delivers what a node put that died before it could', async () => {
    const [dead, alive] = [fakeTransport(), fakeTransport()];
    const dying = desk(one, dead);
    const other = desk(two, alive);
    await dying.mailer.send(letter('ada@example.com'));
    await other.delivery.deliverDue([]);
    assert.equal(alive.taken.length, 0);
    one.clock.advance(headStart / 1000);
    await other.delivery.deliverDue([]);
    assert.deepEqual(
      alive.taken.map(({ id }) => id),
      dying.own,
    );
  });

  it('delivers again what a node had taken that died before the server answered', async () => {
    const alive = fakeTransport();
    const taken = deferred<void>();
    const hanging = {
      deliver: () => {
        taken.resolve();
        return new Promise<never>(() => {});
      },
      close: () => {},
    };
    const dying = desk(one, hanging);
    const other = desk(two, alive);
    await dying.mailer.send(letter('eve@example.com'));
    void dying.delivery.deliverDue(dying.own).catch(() => {});
    await taken.promise;
    one.clock.advance(claimLife / 1000 - 1);
    await other.delivery.deliverDue([]);
    assert.equal(alive.taken.length, 0);
    one.clock.advance(1);
    await other.delivery.deliverDue([]);
    assert.deepEqual(
      alive.taken.map(({ id }) => id),
      dying.own,
    );
  });

  it('sends the code that a page promised, also when the whole process was killed before it could', async function () {
    this.timeout(90_000);
    const mailbox = await startMailbox();
    mailbox.refusal = { at: 'RCPT TO', code: 451 };
    const cluster = await startCluster(await createDatabase(), 1, { mail: mailbox.settings });
    try {
      const visitor = new Visitor();
      const url = authorizeUrl({ issuer: cluster.issuer }, pkce().challenge);
      const login = await visitor.follow(await visitor.get(url));
      const page = await visitor.get(`${login.url}/sign-up`);
      const { action, fields } = formWith(page, 'display_name');
      const typed = { ...fields, display_name: 'Ada', email: 'ada@example.com' };
      const promised = await visitor.follow(await visitor.post(action, typed));
      assert.match(promised.url, /\/sign-up\/code$/);
      const said = () => cluster.nodes[0]?.output.join('') ?? '';
      while (!said().includes('a mail could not be delivered yet')) await wait(20);
      await wait(500);
      await cluster.nodes[0]?.end('SIGKILL');
      mailbox.refusal = undefined;
      await cluster.restart(0);
      const { code } = await mailbox.waitFor('ada@example.com', 'sign_up_code', 30_000);
      assert.match(code ?? '', /^\d{6}$/);
    } finally {
      await cluster.close();
      await mailbox.close();
    }
  });

  function settingsOf({ settings }: Mailbox) {
    const { host, port, from } = settings;
    return {
      issuer: mailIssuer,
      brand: { name: 'Holdfast', accent: { light: '#0b6e69', dark: '#55c2b6' } },
      mail: {
        host,
        port: port ?? 25,
        tls: 'dangerously_none' as const,
        from,
        user: undefined,
        password: undefined,
        reply_to: undefined,
      },
    };
  }
});
