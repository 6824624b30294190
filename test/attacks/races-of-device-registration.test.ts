import assert from 'node:assert/strict';
import { systemClock } from '../../src/lib/clock.js';
import { DbscDevice } from '../support/dbsc-device.js';
import { authorizeUrl, pkce } from '../support/login.js';
import { startCluster, type Cluster } from '../support/nodes.js';
import { atOnce } from '../support/parallel.js';
import { createDatabase } from '../support/postgres.js';
import { unique } from '../support/records.js';
import { bringsBoundCookie } from '../support/robbed.js';
import { formWith } from '../support/visitor.js';

const issuer = 'https://id.localhost';

/** Law 2: of many keys that a login is to be bound to at two nodes at once, one comes to hold it. */
describe('a login that many keys are after on two nodes', () => {
  let cluster: Cluster;
  before(async function () {
    this.timeout(60_000);
    cluster = await startCluster(await createDatabase(), 2, { issuer });
  });
  after(() => cluster.close());

  const at = (index: number) => {
    const port = Number(new URL(cluster.nodes[index % 2]?.url ?? '').port);
    return { issuer, config: { port }, clock: systemClock };
  };

  async function signedIn(): Promise<DbscDevice> {
    const device = new DbscDevice(at(0), { registers: false });
    const url = authorizeUrl({ issuer }, pkce().challenge);
    const { action, fields } = formWith(await device.follow(await device.get(url)), 'acr');
    await device.follow(await device.post(action, { ...fields, login: unique('ada'), acr: '' }));
    return device;
  }

  it('is held by one of them, each time, and renewed at both', async () => {
    for (const _round of [1, 2, 3, 4, 5]) {
      const first = await signedIn();
      const [offer] = first.offers;
      assert.ok(offer);
      const rivals = Array.from(
        { length: 10 },
        (_, index) => new DbscDevice(at(index), { cookies: first.copyCookies(), registers: false }),
      );
      const answers = await atOnce(rivals.length, (index) => (rivals[index] ?? first).register(offer));
      assert.deepEqual(
        answers.map(({ status }) => status).toSorted((a, b) => a - b),
        [200, ...Array<number>(9).fill(400)],
      );
      assert.equal(answers.filter(bringsBoundCookie).length, 1);
      const winner = rivals.find(({ session }) => session);
      assert.ok(winner);
      const renewed = await atOnce(6, (index) =>
        new DbscDevice(at(index), { cookies: winner.copyCookies() }).forgeRefresh({
          held: winner.held,
        }),
      );
      assert.deepEqual(
        renewed.map(({ status }) => status),
        Array(6).fill(200),
      );
    }
  });
});
