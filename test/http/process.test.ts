import { strict as assert } from 'node:assert';
import { createServer, type Server } from 'node:http';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { Installation } from '../support/server-process.js';

describe('the server process', function () {
  // Whole processes with databases of their own, on machines that may be busy.
  this.timeout(60_000);
  let here: Installation;
  before(async () => (here = await Installation.make()));
  after(() => here.remove());

  it('tells where to look, drains on SIGTERM, and starts again with what it kept', async () => {
    const server = await here.start();
    assert.match(server.stdout, new RegExp(`^Holdfast ${here.issuer}$`, 'm'));
    assert.match(server.stdout, /gateway +http:\/\/localhost:\d+/);
    const jwks = await (await fetch(`${here.issuer}/jwks`)).text();
    const { code } = await server.stop('SIGTERM');
    assert.equal(code, 0);
    assert.ok(!existsSync(path.join(here.folder, 'data/admin.sock')));

    const again = await here.start();
    assert.equal(await (await fetch(`${here.issuer}/jwks`)).text(), jwks);
    assert.equal((await again.stop('SIGINT')).code, 0);
  });

  it('names the line to type when a port is taken', async () => {
    const taken: Server = createServer();
    await new Promise<void>((resolve) => taken.listen(Number(here.env['PORT']), '127.0.0.1', resolve));
    const first = await here.runServer();
    assert.equal(first.code, 1);
    assert.match(first.stderr, /^Port \d+ is taken\. Use another: PORT=\d+ npm start/m);
    const management = await here.runServer({
      PORT: '0',
      HOLDFAST_ISSUER: here.issuer,
      MANAGEMENT_PORT: here.env['PORT'] ?? '',
    });
    assert.match(management.stderr, /taken.*MANAGEMENT_PORT=\d+/);
    taken.close();
  });

  it('says who holds a locked data folder, and by which process', async () => {
    const holder = await here.start();
    const second = await here.runServer({ PORT: '0', HOLDFAST_ISSUER: here.issuer });
    assert.equal(second.code, 1);
    assert.match(second.stderr, new RegExp(`in use by process ${holder.child.pid}`));
    assert.ok(!second.stderr.includes('    at '), 'a stack trace was shown');
    await holder.stop();
  });

  it('lists everything that is wrong with the configuration and leaves with 2', async () => {
    const { code, stderr } = await here.runServer({ HOLDFAST_ISUER: 'x', HOLDFAST_LOG_LEVEL: 'loud' });
    assert.equal(code, 2);
    assert.match(stderr, /HOLDFAST_ISUER: is not a setting; did you mean HOLDFAST_ISSUER\?/);
    assert.match(stderr, /HOLDFAST_LOG_LEVEL log_level/);
  });

  it('refuses an RP ID that is not the one of its first start', async () => {
    const changed = await here.runServer({ HOLDFAST_ISSUER: 'https://id.example.test' });
    assert.equal(changed.code, 1);
    assert.match(changed.stderr, /rp_id is id\.example\.test, but .* Set rp_id: localhost/);
  });

  it('keeps its secret key to itself and refuses to run without the right one', async () => {
    const file = path.join(here.folder, 'data/secret.key');
    const key = readFileSync(file, 'utf8').trim();
    assert.equal(Buffer.from(key, 'base64url').length, 32);
    const other = await here.runServer({ HOLDFAST_SECRET_KEY: Buffer.alloc(32, 1).toString('base64url') });
    assert.equal(other.code, 1);
    assert.match(other.stderr, /can't be opened with this master key/);
  });

  it('says that a database is away instead of a stack trace', async () => {
    const { code, stderr } = await here.runServer({ DATABASE_URL: 'postgres://127.0.0.1:1/holdfast' });
    assert.equal(code, 1);
    assert.match(stderr, /^The database does not answer .*Check DATABASE_URL/m);
  });
});
