import assert from 'node:assert/strict';
import { setTimeout as wait } from 'node:timers/promises';
import { sha256 } from '../../src/lib/hashing.js';
import { AccountVisitor, noHold } from '../support/account-visitor.js';
import { ApproveVisitor } from '../support/approve-visitor.js';
import { agents, BackchannelDesk } from '../support/backchannel-desk.js';
import { FakePushService } from '../support/fake-push-service.js';
import { type Holdfast, startHoldfast } from '../support/harness.js';
import { findSecrets, type Haystack, type Secret } from '../support/secret-search.js';
import { migratedStorage, type TestDatabase } from '../support/test-database.js';

/*
 * Law 7 for what leads to a person's answer: whoever steals the database, the log or the metrics while a request waits
 * finds neither its link, nor its number, nor the addresses of her browsers.
 */
describe('threat 35: a request from elsewhere that waits', () => {
  let database: TestDatabase;
  let holdfast: Holdfast;
  let service: FakePushService;
  let secrets: Secret[];
  let log: string;
  let metrics: string;
  before(async function () {
    this.timeout(60_000);
    [database, service] = await Promise.all([migratedStorage('PostgreSQL'), FakePushService.open()]);
    const settings = { ...agents, ...noHold, dangerously_allow_private_network_fetch: true };
    holdfast = await startHoldfast(settings, { storage: database.storage });
    // Nobody takes the notification, so that it waits.
    service.status = 503;
    const ada = await AccountVisitor.settled(holdfast);
    const target = service.subscribe();
    await ada.send('/account/notifications', { subscription: JSON.stringify(target) });
    const desk = await BackchannelDesk.open(holdfast);
    const { body } = await desk.ask({ login_hint: `${ada.login}@example.com` });
    const { pathname: path } = new URL(String(body['approval_uri']));
    const secret = path.slice('/approve/'.length);
    const person = new ApproveVisitor(holdfast.issuer);
    const fields = await person.fields({ path });
    const assertion = await person.assertion({ path }, ada.authenticator, fields);
    await person.send({ path }, { ...fields, number: '00', assertion });
    // Refusals, some with the link where it does not belong.
    await person.send({ path }, { ...fields, csrf: 'forged', number: '00' });
    await person.look({ path: `${path}x` });
    await person.look({ path: `/nowhere${path}?link=${secret}` });
    for (
      let waited = 0;
      waited < 5000 && !holdfast.log.join('').includes('could not be sent yet');
      waited += 20
    )
      await wait(20);
    secrets = [
      { name: 'link', value: secret },
      { name: 'auth_req_id', value: String(body['auth_req_id']) },
      { name: 'endpoint', value: target.endpoint },
      { name: 'key of the browser', value: target.keys.auth },
      { name: 'token of the form', value: fields['csrf'] ?? '' },
    ];
    log = holdfast.log.join('');
    metrics = await holdfast.app.metrics();
    await holdfast.close();
  });
  after(async () => {
    await service.close();
    await database.storage.close();
  });

  it('is nowhere in clear', async () => {
    const tables = await database.sql<{ name: string }>(
      "SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'",
    );
    const rows = await Promise.all(
      tables.map(async ({ name }): Promise<Haystack> => {
        const found = await database.sql<{ text: string }>(`SELECT t::text AS text FROM "${name}" t`);
        return { name: `table ${name}`, text: found.map(({ text }) => text).join('\n') };
      }),
    );
    const filled = rows.filter(({ text }) => text !== '').map(({ name }) => name);
    for (const table of ['backchannel_request', 'notice', 'push_subscription', 'refusal', 'setting'])
      assert.ok(filled.includes(`table ${table}`), `${table} is empty: ${filled.join(', ')}`);
    const places = [...rows, { name: 'log', text: log }, { name: 'metrics', text: metrics }];
    assert.deepEqual(findSecrets(secrets, places), []);
    const planted = secrets.map(({ value }) => String(value)).join(' ');
    const found = findSecrets(secrets, [{ name: 'planted', text: planted }]);
    assert.equal(new Set(found.map(({ secret }) => secret)).size, secrets.length);
  });

  it('has its number kept by a keyed digest: the database alone tells none of the ninety', async () => {
    const [row] = await database.sql<{ id: string; number_digest: Buffer }>(
      'SELECT id, number_digest FROM backchannel_request',
    );
    assert.ok(row);
    for (let number = 10; number < 100; number += 1) {
      for (const guess of [
        String(number),
        `${row.id}${number}`,
        JSON.stringify(['number', row.id, String(number)]),
      ])
        assert.ok(!row.number_digest.equals(sha256(guess)));
    }
  });
});
