import { strict as assert } from 'node:assert';
import { createDatabase } from '../support/postgres.js';
import { Installation } from '../support/server-process.js';

describe('the server process on PostgreSQL', function () {
  // Whole processes, on machines that may be busy.
  this.timeout(60_000);
  let here: Installation;
  before(async () => (here = await Installation.make({ DATABASE_URL: await createDatabase() })));
  after(() => here.remove());

  it('refuses a database that is behind and says the command, which then lets it start', async () => {
    const behind = await here.runServer();
    assert.equal(behind.code, 1);
    assert.match(behind.stderr, /^The database is behind by \d+ migration.*Run: holdfast migrate$/m);
    const doctor = await here.command(['doctor']);
    assert.match(doctor.stderr, /FAILURE +migrations +\d+ pending/);
    assert.equal((await here.json(['account', 'list'])).body['error'], 'migrations_pending');

    const migrated = await here.json(['migrate']);
    assert.ok((migrated.body['migrations'] as string[]).length > 0);
    const server = await here.start();
    assert.match(server.stdout, /database +PostgreSQL/);
    assert.equal((await fetch(`http://127.0.0.1:${here.env['MANAGEMENT_PORT']}/readyz`)).status, 200);

    const added = await here.json(['client', 'add', 'beside', '--service']);
    const secret = String(added.body['client_secret']);
    const response = await fetch(`${here.issuer}/introspect`, {
      method: 'POST',
      headers: { authorization: `Basic ${Buffer.from(`beside:${secret}`).toString('base64')}` },
      body: new URLSearchParams({ token: 'unknown' }),
    });
    assert.deepEqual(await response.json(), { active: false });
    assert.equal((await server.stop()).code, 0);
  });

  it('refuses a client that the config file and the database both have, until one is removed', async () => {
    const clash = {
      HOLDFAST_CLIENTS: JSON.stringify([
        { client_id: 'clash', redirect_uris: [], grant_types: [], response_types: [] },
      ]),
    };
    assert.equal((await here.json(['client', 'add', 'clash', '--native'])).code, 0);
    const refused = await here.runServer(clash);
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, /in the config file and in the database: clash\..*holdfast client remove/);
    assert.equal((await here.json(['client', 'remove', 'clash'], clash)).code, 0);
    assert.equal((await (await here.start(clash)).stop()).code, 0);
  });
});
