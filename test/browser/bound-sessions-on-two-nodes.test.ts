import assert from 'node:assert/strict';
import pg from 'pg';
import type { Browser } from 'playwright-core';
import { binding } from '../support/bound-browser.js';
import { BoundPerson, fetchAtOnce } from '../support/bound-walk.js';
import { launchBrowser, Person } from '../support/browser.js';
import { FrontDoor } from '../support/front-door.js';
import { type Cluster, startCluster } from '../support/nodes.js';
import { createDatabase } from '../support/postgres.js';

describe('a session that its device holds, where two nodes answer', function () {
  this.timeout(60_000);
  let door: FrontDoor;
  let cluster: Cluster;
  let browser: Browser;
  let databaseUrl: string;
  before(async () => {
    [door, browser, databaseUrl] = await Promise.all([
      FrontDoor.open(),
      launchBrowser(binding),
      createDatabase(),
    ]);
    cluster = await startCluster(databaseUrl, 2, { issuer: door.origin });
  });
  after(async () => {
    await browser.close();
    await cluster.close();
    await door.close();
  });

  const node = (index: number) => cluster.nodes[index]?.url;
  /** What the device does is answered by one node, and what its person does by the other. */
  const apart = (device: number) =>
    (door.behind = (path) => node(path.startsWith('/dbsc/') ? device : 1 - device));

  /** The moment is over in which the session's own cookie does alone. */
  async function settle(): Promise<void> {
    const client = new pg.Client({ connectionString: databaseUrl });
    await client.connect();
    await client.query("UPDATE bound_session SET registered_at = registered_at - interval '1 minute'");
    await client.end();
  }

  it('is held alike by both, and by the one that is left', async () => {
    apart(1);
    const ada = await BoundPerson.signIn(await Person.arrive(browser), door.origin);
    await settle();
    await ada.expire();
    await ada.comesBack();
    assert.equal(await ada.sessions.refreshed(), 'Refreshed');
    apart(0);
    await ada.expire();
    await ada.comesBack();
    assert.equal(await ada.sessions.refreshed(), 'Refreshed');
    let turn = 0;
    door.behind = () => node((turn += 1) % 2);
    await ada.expire();
    assert.deepEqual(await fetchAtOnce(ada.page, 10), Array(10).fill('200 /account'));
    await cluster.nodes[0]?.end('SIGKILL');
    door.behind = () => node(1);
    await ada.expire();
    await ada.comesBack();
    await ada.leave();
  });
});
