import assert from 'node:assert/strict';
import { systemClock } from '../../src/lib/clock.js';
import { deriveKey } from '../../src/lib/hashing.js';
import { openStorage } from '../../src/storage/open.js';
import type { Storage } from '../../src/storage/storage.js';
import { dumpDatabase } from '../support/database-dump.js';
import { FakeUpstream, someone } from '../support/fake-upstream.js';
import { startHoldfast, type Holdfast } from '../support/harness.js';
import { listen } from '../support/listener.js';
import { createDatabase } from '../support/postgres.js';
import { findSecrets, type Secret } from '../support/secret-search.js';
import { UpstreamVisitor } from '../support/upstream-visitor.js';

/* Law 7 and threats 29 and 35 where we are the client of a provider. */
describe('what belongs to a login at an upstream provider', () => {
  let upstream: FakeUpstream;
  let holdfast: Holdfast;
  let storage: Storage;
  let url: string;
  before(async function () {
    this.timeout(60_000);
    upstream = await FakeUpstream.open();
    url = await createDatabase();
    storage = await openStorage({ databaseUrl: url, dataFolder: undefined, clock: systemClock });
    await storage.migrate();
    holdfast = await startHoldfast(
      { upstream_providers: [upstream.entry], dangerously_allow_private_network_fetch: true },
      { storage },
    );
  });
  after(async () => {
    await holdfast.close();
    await storage.close();
    await upstream.close();
  });

  it('stands neither in the database nor in a log nor in metrics: finished, failed or left in the middle', async () => {
    const secrets: Secret[] = [
      { name: 'client secret', value: upstream.secret },
      { name: 'sealing key', value: deriveKey(holdfast.masterKey, 'upstream login') },
    ];
    const keep = (name: string, value: string | null | undefined) => {
      assert.ok(value, `there is no ${name}`);
      secrets.push({ name, value });
    };
    const story = async (end: (person: UpstreamVisitor, question: string) => Promise<unknown>) => {
      const person = new UpstreamVisitor(holdfast.issuer);
      const question = await person.begin(await person.arrive());
      const asked = new URL(question).searchParams;
      keep('state', asked.get('state'));
      keep('nonce', asked.get('nonce'));
      await end(person, question);
      for (const name of ['holdfast_upstream', 'holdfast_ticket']) {
        const cookie = person.visitor.cookies.get(name)?.value;
        if (name === 'holdfast_upstream' || cookie) keep(name, cookie);
      }
    };
    const answered = async (person: UpstreamVisitor, address: string) => {
      keep('code', new URL(address).searchParams.get('code') ?? 'none-was-given-here');
      return person.comeBack(address);
    };
    await story(async (person, question) => {
      await person.create(await answered(person, upstream.answer(question, someone('ada'))));
    });
    await story((person, question) => answered(person, upstream.answer(question, someone('waits'))));
    await story((person, question) =>
      answered(person, upstream.answer(question, someone('crooked'), { idToken: { nonce: 'another' } })),
    );
    await story(async (person, question) => {
      const answer = upstream.answer(question, someone('garbled'));
      const quoted = 'a-token-in-an-answer-that-is-no-json';
      secrets.push({ name: 'token in a broken answer', value: quoted });
      upstream.broken = (response) =>
        void response.writeHead(200, { 'content-type': 'application/json' }).end(`${quoted}"}`);
      const page = await answered(person, answer);
      upstream.broken = undefined;
      assert.ok(!page.text.includes(quoted.slice(0, 8)), page.text);
    });
    await story((person, question) => person.comeBack(upstream.refuse(question, 'access_denied')));
    await story(async () => {});
    for (const form of upstream.tokenRequests) keep('code_verifier', form.get('code_verifier'));

    const database = await dumpDatabase(url);
    const names = database.map(({ name, text }) => (text === '' ? '' : name));
    for (const table of ['upstream_login', 'upstream_identity']) assert.ok(names.includes(`table ${table}`));
    assert.deepEqual(findSecrets(secrets, database), []);
    const metrics = { name: 'metrics', text: await holdfast.app.metrics() };
    assert.deepEqual(findSecrets(secrets, [{ name: 'log', text: holdfast.log.join('') }, metrics]), []);
    assert.match(metrics.text, /upstream_refused/);
  });

  it('is fetched from no private address, not even a connection is made', async () => {
    const inside = await listen();
    const issuers = ['127.0.0.1', 'localhost'].map((host) => `https://${host}:${inside.port}`);
    const entry = { name: 'Inside', client_id: 'us', client_secret: 'a-secret-for-inside' };
    const other = await startHoldfast(
      { upstream_providers: issuers.map((issuer, index) => ({ ...entry, id: `inside-${index}`, issuer })) },
      { storage },
    );
    try {
      for (const id of ['inside-0', 'inside-1']) {
        const person = new UpstreamVisitor(other.issuer);
        const page = await person.press(await person.arrive(), id);
        assert.equal(page.status, 503);
      }
      assert.equal(inside.connections, 0);
    } finally {
      await other.close();
      await inside.close();
    }
  });
});
