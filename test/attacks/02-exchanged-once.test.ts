import assert from 'node:assert/strict';
import { systemClock } from '../../src/lib/clock.js';
import { openStorage } from '../../src/storage/open.js';
import type { Storage } from '../../src/storage/storage.js';
import { Device } from '../support/device.js';
import { exchange, exchangeSettings, tellLogout } from '../support/exchange-desk.js';
import { FakeIssuer } from '../support/fake-issuer.js';
import { introspect } from '../support/login.js';
import { startCluster, type Cluster } from '../support/nodes.js';
import { atOnce } from '../support/parallel.js';
import { createDatabase } from '../support/postgres.js';
import { unique } from '../support/records.js';

/* Law 2 on two nodes and one PostgreSQL: one ID token, one key, one account, one refresh token. */
describe('one ID token, exchanged a hundred times at once on two nodes', () => {
  let source: FakeIssuer;
  let cluster: Cluster;
  let storage: Storage;
  before(async function () {
    this.timeout(60_000);
    const databaseUrl = await createDatabase();
    source = await FakeIssuer.open();
    const settings = exchangeSettings(source.entry({ refresh_tokens: true }));
    cluster = await startCluster(databaseUrl, 2, {
      ...settings,
      dpop: { require_nonce: false },
    });
    storage = await openStorage({ databaseUrl, dataFolder: undefined, clock: systemClock });
  });
  after(async () => {
    await cluster.close();
    await storage.close();
    await source.close();
  });

  /** At one node or the other, in turn. */
  const at = (index: number) => ({ node: cluster.nodes[index % 2]?.url });
  const grantsOf = async (subject: string) => {
    const identity = await storage.upstreamIdentities.find({ issuer: source.issuer, subject });
    return storage.grants.listOf(identity?.accountId ?? '');
  };

  it('makes one account, one grant and one refresh token, for one key', async () => {
    const sub = unique('sub');
    const token = await source.sign({ sub });
    const device = await Device.create();
    const before = (await storage.accounts.list({ limit: 1000 })).length;
    const answers = await atOnce(100, (index) => exchange(cluster.issuer, device, token, at(index)));
    assert.deepEqual(
      [...new Set(answers.map(({ status }) => status))],
      [200],
      JSON.stringify(answers[0]?.body),
    );
    assert.equal(new Set(answers.map(({ body }) => body['access_token'])).size, 100);
    assert.equal(answers.filter(({ body }) => body['refresh_token'] !== undefined).length, 1);
    assert.equal((await storage.accounts.list({ limit: 1000 })).length, before + 1);
    assert.equal((await grantsOf(sub)).length, 1);
  });

  it('gives it to one of many keys', async () => {
    const sub = unique('sub');
    const token = await source.sign({ sub });
    const devices = await atOnce(20, () => Device.create());
    const answers = await Promise.all(
      devices.map((device, index) => exchange(cluster.issuer, device, token, at(index))),
    );
    const won = answers.filter(({ status }) => status === 200);
    assert.equal(won.length, 1);
    const lost = answers.filter(({ status }) => status !== 200).map(({ body }) => body['holdfast_code']);
    assert.deepEqual([...new Set(lost)], ['subject_token_used']);
    assert.equal((await grantsOf(sub)).length, 1);
    assert.ok(cluster.nodes.some(({ output }) => output.join('').includes('subject_token_reused')));
  });

  it('is the same one, however its signature is written: another spelling is no second token', async () => {
    const token = await source.sign({ sub: unique('sub'), jti: undefined });
    const [owner, thief] = [await Device.create(), await Device.create()];
    assert.equal((await exchange(cluster.issuer, owner, token, at(0))).status, 200);
    for (const spelling of spellingsOf(token)) {
      const stolen = await exchange(cluster.issuer, thief, spelling, at(1));
      assert.deepEqual([stolen.status, stolen.body['holdfast_code']], [400, 'subject_token_used'], spelling);
    }
  });

  it('leaves nothing alive when its session ends in the midst of them', async () => {
    const [sub, sid] = [unique('sub'), unique('sid')];
    const device = await Device.create();
    const tokens = await atOnce(30, () => source.sign({ sub, sid }));
    const logout = await source.logout({ sub, sid });
    const [ended, ...answers] = await Promise.all([
      tellLogout(cluster.issuer, logout),
      ...tokens.map((token, index) => exchange(cluster.issuer, device, token, at(index))),
    ]);
    assert.equal(ended.status, 200);
    for (const { status, body } of answers) {
      if (status !== 200) continue;
      const { body: seen } = await introspect(cluster.issuer, body['access_token'] as string, 'rs-a');
      assert.equal(seen['active'], false);
    }
    // Younger than every revocation: the end of the session alone stands in its way.
    const iat = Math.floor(Date.now() / 1000) + 5;
    const late = await exchange(cluster.issuer, device, await source.sign({ sub, sid, iat }));
    assert.equal(late.body['holdfast_code'], 'subject_token_outdated');
  });
});

/** The same bytes of a signature, with other bits where base64url leaves some over (RFC 4648 §3.5). */
function spellingsOf(token: string): string[] {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  const last = alphabet.indexOf(token.slice(-1));
  return [1, 15].map((bits) => token.slice(0, -1) + (alphabet[last ^ bits] ?? ''));
}
