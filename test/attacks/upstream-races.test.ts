import assert from 'node:assert/strict';
import { systemClock } from '../../src/lib/clock.js';
import { openStorage } from '../../src/storage/open.js';
import type { Storage } from '../../src/storage/storage.js';
import { FakeUpstream, someone } from '../support/fake-upstream.js';
import { startCluster, type Cluster } from '../support/nodes.js';
import { atOnce } from '../support/parallel.js';
import { jsonOf } from '../support/passkey-visitor.js';
import { createDatabase } from '../support/postgres.js';
import { unique } from '../support/records.js';
import { createForm, ownerWith, UpstreamVisitor } from '../support/upstream-visitor.js';
import type { Visit } from '../support/visitor.js';

/* Law 2 on two nodes and one PostgreSQL: what a provider sends once, and what a person agrees to once, is good once. */
describe('a login at an upstream provider on two nodes', () => {
  const tries = 25;
  let upstream: FakeUpstream;
  let cluster: Cluster;
  let storage: Storage;
  before(async function () {
    this.timeout(60_000);
    const databaseUrl = await createDatabase();
    upstream = await FakeUpstream.open();
    cluster = await startCluster(databaseUrl, 2, {
      upstream_providers: [upstream.entry],
      dangerously_allow_private_network_fetch: true,
    });
    storage = await openStorage({ databaseUrl, dataFolder: undefined, clock: systemClock });
  });
  after(async () => {
    await cluster.close();
    await storage.close();
    await upstream.close();
  });

  const visitor = () => new UpstreamVisitor(cluster.issuer);
  const own = () => ({ origin: cluster.issuer });
  /** The same address at one node or the other. */
  const at = (index: number, address: string) =>
    address.replace(cluster.issuer, cluster.nodes[index % 2]?.url ?? '');
  const onward = (answers: readonly Visit[]) =>
    answers.filter(({ location }) => location?.includes('/authorize/')).length;
  const accountsWith = async (email: unknown) =>
    (await storage.accounts.list({ limit: 200 })).filter((account) => account.email === email).length;

  it('is begun on one node and goes on at the other', async () => {
    const person = visitor();
    const question = await person.begin(await person.arrive());
    const page = await person.comeBack(at(1, upstream.answer(question, someone(unique('node')))));
    assert.ok(createForm(page));
  });

  it('takes one answer once', async () => {
    const person = visitor();
    const question = await person.begin(await person.arrive());
    const answer = upstream.answer(question, someone(unique('once')));
    const before = upstream.tokenRequests.length;
    const answers = await atOnce(tries, (index) => person.visitor.get(at(index, answer)));
    assert.equal(answers.filter(({ status }) => status === 303).length, 1);
    assert.equal(upstream.tokenRequests.length, before + 1);
  });

  it('makes one account by one agreement', async () => {
    const claims = someone(unique('agreed'));
    const person = visitor();
    const { action, fields } = createForm(await person.goThrough(upstream, claims));
    const answers = await atOnce(tries, (index) => person.visitor.post(at(index, action), fields, own()));
    assert.equal(onward(answers), 1, answers.map(({ status }) => status).join());
    assert.equal(await accountsWith(claims['email']), 1);
  });

  it('makes one account of one person who agrees in five browsers', async () => {
    const claims = someone(unique('five'));
    const pages = await atOnce(5, async () => {
      const person = visitor();
      return { person, form: createForm(await person.goThrough(upstream, claims)) };
    });
    const answers = await Promise.all(
      pages.map(({ person, form }, index) => person.visitor.post(at(index, form.action), form.fields, own())),
    );
    assert.equal(onward(answers), 1, answers.map(({ status }) => status).join());
    assert.equal(await accountsWith(claims['email']), 1);
    // The others are asked again, and by now she is known.
    const late = answers.findIndex(({ location }) => location?.endsWith('/identity'));
    const person = pages[late]?.person;
    assert.ok(person);
    const { pathname } = new URL(answers[late]?.location ?? '');
    await person.visitor.follow(await person.visitor.get(cluster.issuer + pathname));
    assert.ok(person.signedIn);
  });

  it('links one identity once', async () => {
    const email = `${unique('owner')}@example.test`;
    const { person: owner, accountId } = await ownerWith({ issuer: cluster.issuer, storage }, email);
    const person = visitor();
    const page = await person.goThrough(upstream, someone(unique('own'), { email }));
    const options = jsonOf(await person.connectStep(page, 'options', {}));
    const response = owner.authenticator.assert(options as never, { signCount: 0 });
    const csrf = /data-csrf="([^"]+)"/.exec(page.text)?.[1];
    const address = `${page.url}/passkey/sign-in/result`;
    const answers = await atOnce(tries, (index) =>
      person.visitor.postJson(at(index, address), { csrf, response }, own()),
    );
    assert.equal(answers.filter(({ status }) => status === 200).length, 1);
    assert.equal((await storage.upstreamIdentities.listOf(accountId)).length, 1);
  });
});
