import assert from 'node:assert/strict';
import pg from 'pg';
import { sha256 } from '../../src/lib/hashing.js';
import { openStorage } from '../../src/storage/open.js';
import type { Storage } from '../../src/storage/storage.js';
import { adminDesk } from '../support/admin-desk.js';
import { approvalRecord, approvalSubject } from '../support/approvals.js';
import { agents, BackchannelDesk } from '../support/backchannel-desk.js';
import { askCall } from '../support/calls.js';
import { jwtGateway } from '../support/clients.js';
import { MovableClock } from '../support/clock.js';
import { Device } from '../support/device.js';
import { startHoldfast, type Holdfast } from '../support/harness.js';
import {
  authorizeUrl,
  clientCredentials,
  introspect,
  logIn,
  pkce,
  redeem,
  refresh,
  signIn,
} from '../support/login.js';
import { createDatabase } from '../support/postgres.js';
import { formWith, Visitor } from '../support/visitor.js';

/*
 * A backup brings back what was revoked since it was made. A real PostgreSQL: copied, revoked in, put back from the copy, and
 * everything ended by one command before a server starts on it (docs/runbooks/restore-a-backup.md).
 */
describe('threat 32: a restored backup', function () {
  this.timeout(60_000);
  const clock = new MovableClock();
  let url: string;
  let storage: Storage;
  let holdfast: Holdfast;
  const database = () => new URL(url).pathname.slice(1);

  before(async () => {
    url = await createDatabase();
  });
  after(async () => {
    await holdfast.close();
    await storage.close();
  });

  async function open() {
    storage = await openStorage({ databaseUrl: url, dataFolder: undefined, clock });
    await storage.migrate();
    return adminDesk({ config: holdfast?.config, clock, storage });
  }
  async function start(place = {}) {
    holdfast = await startHoldfast({ ...agents, ...place }, { storage, clock });
    return { issuer: holdfast.issuer, port: holdfast.config.port };
  }
  /** What an operator does beside the server, as its database's own superuser. */
  async function administer(...statements: string[]) {
    const elsewhere = new URL(url);
    elsewhere.pathname = '/postgres';
    const client = new pg.Client({ connectionString: elsewhere.href });
    await client.connect();
    try {
      for (const statement of statements) await client.query(statement);
    } finally {
      await client.end();
    }
  }

  async function atConsent(issuer: string) {
    const visitor = new Visitor();
    const page = await visitor.follow(await visitor.get(authorizeUrl({ issuer }, pkce().challenge)));
    const login = formWith(page, 'acr');
    const consent = await visitor.follow(
      await visitor.post(login.action, { ...login.fields, login: 'undecided', acr: '' }),
    );
    return { visitor, form: formWith(consent, 'csrf') };
  }

  it('has nothing positive of before, at no endpoint, once everything is revoked; new logins work', async () => {
    await open();
    const place = await start();
    const { issuer } = place;
    const device = await Device.create();
    const tokens = await signIn({ issuer, login: 'ada' });
    const service = (await clientCredentials(issuer, device)).body['access_token'] as string;
    const jwtWish = { resource: jwtGateway, scope: 'jwt:call' };
    const jwt = (await clientCredentials(issuer, device, jwtWish)).body['access_token'] as string;
    const code = await logIn({ issuer, login: 'bea' });
    const undecided = await atConsent(issuer);
    const requests = await BackchannelDesk.open(holdfast);
    const [asked, approved] = [await requests.person(), await requests.person()];
    const waiting = await requests.ask({ login_hint: asked.email });
    const given = await requests.ask({ login_hint: approved.email });
    await requests.approve(given);
    const ada = await storage.accounts.findByLogin('ada');
    assert.ok(ada);
    const approval = approvalRecord(approvalSubject(ada.id, clock), clock);
    await storage.approvals.insert(approval, ada.generation);
    const { feed } = await storage.epochs.present();
    for (const [token, as] of [
      [tokens.accessToken, 'rs-a'],
      [service, 'rs-a'],
      [jwt, 'rs-jwt'],
    ] as const) {
      assert.equal((await introspect(issuer, token, as)).body['active'], true, as);
    }

    await holdfast.close();
    await storage.close();
    await administer(`CREATE DATABASE ${database()}_backup TEMPLATE ${database()}`);
    const before = await open();
    for (const client of ['service', 'spa']) await before.revoke('client', client);
    await before.revoke('account', 'ada');
    await storage.close();
    await administer(
      `DROP DATABASE ${database()}`,
      `CREATE DATABASE ${database()} TEMPLATE ${database()}_backup`,
      `DROP DATABASE ${database()}_backup`,
    );

    const operator = await open();
    const digest = sha256(tokens.refreshToken);
    assert.equal((await storage.refreshTokens.find(digest))?.alive, true, 'the backup brought nothing back');
    const asking = await operator.run('revoke all', { confirmed: false });
    assert.match(
      asking.ok ? '' : asking.message,
      /sign-ins +3\n.*grants +\d.*\n.*approvals +\d.*\n.*requests +1,/,
    );
    assert.equal((await storage.refreshTokens.find(digest))?.alive, true, 'asking changed something');
    const revoked = await operator.run('revoke all', { confirmed: true });
    assert.match(
      revoked.ok ? revoked.text : '',
      /^Epoch 1 has begun\. Everything that was issued until now is dead/,
    );
    await start(place);

    for (const [token, as] of [
      [tokens.accessToken, 'rs-a'],
      [service, 'rs-a'],
      [jwt, 'rs-jwt'],
    ] as const) {
      assert.deepEqual((await introspect(issuer, token, as)).body, { active: false });
      const call = await askCall(issuer, { token, jkt: tokens.device.key.jkt, model: 'echo' }, as);
      assert.equal(call.body['decision'], 'deny');
    }
    assert.equal((await refresh(issuer, tokens.refreshToken, tokens.device)).status, 400);
    assert.equal((await redeem(issuer, code, device)).status, 400);
    assert.equal((await storage.approvals.find(approval.id))?.revokedAt !== undefined, true);
    for (const request of [waiting, given]) {
      const polled = await requests.poll(request.body['auth_req_id']);
      assert.deepEqual([polled.status, polled.body['error']], [400, 'expired_token']);
    }
    for (const visitor of [tokens.login.visitor, code.visitor, undecided.visitor]) {
      assert.notEqual((await visitor.get(`${issuer}/account`)).status, 200);
    }
    const decided = await undecided.visitor.post(undecided.form.action, undecided.form.fields);
    assert.doesNotMatch(String((await undecided.visitor.follow(decided)).location), /[?&]code=/);

    assert.notEqual((await storage.epochs.present()).feed, feed);
    const again = await signIn({ issuer, login: 'ada' }, tokens.device);
    assert.equal((await introspect(issuer, again.accessToken)).body['active'], true);
    assert.equal((await refresh(issuer, again.refreshToken, again.device)).status, 200);
  });
});
