import assert from 'node:assert/strict';
import { setTimeout as wait } from 'node:timers/promises';
import { claimLife, headStart } from '../../src/mail/delivery-policy.js';
import { createSmtpTransport } from '../../src/mail/smtp-transport.js';
import { startMailbox, type Mailbox } from '../support/mailbox.js';
import { fakeTransport, mailDesk, mailIssuer } from '../support/mail-desk.js';
import { atOnce } from '../support/parallel.js';
import { anotherNode, migratedStorage, type TestDatabase } from '../support/test-database.js';

/*
 * Law 2 for mails, and what is promised to whoever was told that a mail is on its way: of several nodes on one
 * PostgreSQL one delivers, and no crash loses a letter.
 */
describe('the outbox of several nodes', () => {
  let nodes: TestDatabase[];
  before(async function () {
    this.timeout(60_000);
    const first = await migratedStorage('PostgreSQL');
    nodes = [first, await anotherNode(first), await anotherNode(first)];
  });
  after(async () => {
    for (const { storage } of nodes) await storage.close();
  });

  const clock = () => nodes[0]!.clock;
  const letter = (to: string) => ({ to, kind: 'test', locale: 'en', values: {} }) as const;

  it('delivers each of 60 letters once, though three nodes look for them all the time', async () => {
    const mailbox = await startMailbox();
    const transports = nodes.map(() => createSmtpTransport(settingsOf(mailbox)));
    const desks = nodes.map(({ storage }, index) =>
      mailDesk({ outbox: storage.outbox, clock: clock(), transport: transports[index]! }),
    );
    try {
      await atOnce(60, (index) => desks[index % 3]!.mailer.send(letter(`person${index}@example.com`)));
      clock().advance(headStart / 1000);
      await atOnce(30, (index) => desks[index % 3]!.delivery.deliverDue(desks[index % 3]!.own));
      for (let taken = 1; taken > 0;) taken = await desks[0]!.delivery.deliverDue([]);
      const received = (await mailbox.received()).map(({ to }) => to);
      assert.equal(received.length, 60);
      assert.equal(new Set(received).size, 60);
    } finally {
      for (const transport of transports) transport.close();
      await mailbox.close();
    }
  });

  it('delivers what a node put that died before it could', async () => {
    const [dead, alive] = [fakeTransport(), fakeTransport()];
    const one = mailDesk({ outbox: nodes[0]!.storage.outbox, clock: clock(), transport: dead });
    const other = mailDesk({ outbox: nodes[1]!.storage.outbox, clock: clock(), transport: alive });
    await one.mailer.send(letter('ada@example.com'));
    await other.delivery.deliverDue([]);
    assert.equal(alive.taken.length, 0);
    clock().advance(headStart / 1000);
    await other.delivery.deliverDue([]);
    assert.deepEqual(
      alive.taken.map(({ id }) => id),
      one.own,
    );
  });

  it('delivers again what a node had taken that died before the server answered', async () => {
    const alive = fakeTransport();
    const hanging = { deliver: () => new Promise<never>(() => {}), close: () => {} };
    const one = mailDesk({ outbox: nodes[0]!.storage.outbox, clock: clock(), transport: hanging });
    const other = mailDesk({ outbox: nodes[1]!.storage.outbox, clock: clock(), transport: alive });
    await one.mailer.send(letter('eve@example.com'));
    void one.delivery.deliverDue(one.own).catch(() => {});
    await wait(200);
    clock().advance(claimLife / 1000 - 1);
    await other.delivery.deliverDue([]);
    assert.equal(alive.taken.length, 0);
    clock().advance(1);
    await other.delivery.deliverDue([]);
    assert.deepEqual(
      alive.taken.map(({ id }) => id),
      one.own,
    );
  });

  function settingsOf({ settings }: Mailbox) {
    const { host, port, from } = settings;
    return {
      issuer: mailIssuer,
      brand: { name: 'Holdfast' },
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
