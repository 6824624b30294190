import { strict as assert } from 'node:assert';
import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import { Installation, type Json, type RunningProcess } from '../support/server-process.js';
import { goThrough, logIn } from '../support/login.js';
import { Visitor } from '../support/visitor.js';

describe('the holdfast command beside a running server', function () {
  // Whole processes with databases of their own, on machines that may be busy.
  this.timeout(60_000);
  let here: Installation;
  let server: RunningProcess;
  before(async () => {
    here = await Installation.make();
    server = await here.start();
  });
  after(() => here.remove());

  it('reaches the server by a socket that only its own user can open', async () => {
    assert.equal(statSync(path.join(here.folder, 'data/admin.sock')).mode & 0o777, 0o600);
    assert.equal((await here.json(['client', 'list'])).code, 0);
  });

  it('explains a refusal at once, also when the id was typed by hand', async () => {
    const response = await fetch(`${here.issuer}/token`, { method: 'POST' });
    const { request_id: requestId } = (await response.json()) as { request_id: string };
    const { stdout, code } = await here.command(['explain', requestId]);
    assert.equal(code, 0);
    assert.match(stdout, /POST \/token/);
    assert.match(stdout, /Reason +\S+/);
    assert.match(stdout, /Refusal +client_authentication_missing/);
    const typed = await here.json(['explain', requestId.toLowerCase().replaceAll('-', ' ')]);
    assert.equal((typed.body['refusals'] as Json[])[0]?.['path'], '/token');
    const unknown = await here.json(['explain', 'AAAA-BBBB-CCCC-DDDD']);
    assert.equal(unknown.code, 1);
    assert.equal(unknown.body['error'], 'request_unknown');
    const nonsense = await here.json(['explain', 'no-such-id']);
    assert.match(String(nonsense.body['message']), /request no-such-id is kept/);
  });

  it('leaves with 1 for an approval that it cannot prove', async () => {
    const { code, body } = await here.json(['approval', 'verify', 'apr_nothing']);
    assert.deepEqual([code, body['error']], [1, 'approval_unknown']);
    assert.equal((await here.json(['approval', 'list', '--account', 'nobody'])).code, 1);
    assert.equal((await here.command(['approval', 'list'])).code, 2);
  });

  it('adds a native client with code that signs in and calls the gateway as it stands', async () => {
    const { body } = await here.json(['client', 'add', '--native', '--name', 'Snippet']);
    const script = here.script(String(body['snippet']));
    const [, address = ''] = await script.waitFor(/Sign in here:\n(\S+)/);
    const end = await goThrough(new Visitor(), address, 'ada');
    assert.match(end.location ?? end.text, /^http:\/\/127\.0\.0\.1:/);
    await (await fetch(String(end.location))).text();
    const { stdout, stderr, code } = await script.finished;
    assert.equal(code, 0, stderr);
    assert.match(stdout, /^200 \{.*"object":"list"/m);
  });

  it('shows a secret once, keeps its digest, and the secret works', async () => {
    const { body } = await here.json(['client', 'add', 'job', '--service']);
    const secret = String(body['client_secret']);
    assert.match(secret, /^hldf_cs_\w{43}$/);
    const { stdout } = await here.command(['client', 'list', '--json']);
    assert.match(stdout, /"client_id": "job"/);
    assert.ok(!stdout.includes(secret) && !stdout.includes('client_secret"'));
    const tokenWith = (password: string) =>
      fetch(`${here.issuer}/introspect`, {
        method: 'POST',
        headers: { authorization: `Basic ${Buffer.from(`job:${password}`).toString('base64')}` },
        body: new URLSearchParams({ token: 'x' }),
      });
    assert.equal((await tokenWith(secret)).status, 200);
    assert.equal((await tokenWith(`${secret}x`)).status, 401);
    assert.ok(!server.stdout.includes(secret));
  });

  it('refuses names that are taken, and leaves clients of the config file alone', async () => {
    const add = (id: string) => here.json(['client', 'add', id, '--native']);
    assert.equal((await add('twice')).code, 0);
    assert.equal((await add('twice')).body['error'], 'client_taken');
    assert.equal((await add('example-cli')).body['error'], 'client_in_config');
    assert.equal((await here.json(['client', 'remove', 'example-cli'])).body['error'], 'client_in_config');
    assert.equal((await here.json(['client', 'remove', 'twice'])).code, 0);
    assert.equal((await here.json(['client', 'remove', 'twice'])).body['error'], 'client_unknown');
  });

  it('refuses redirect URIs that are not https or loopback, and ids that are none', async () => {
    for (const uri of [
      'http://app.example/cb',
      'app.example',
      'https://app.example/#x',
      'javascript:alert(1)',
    ]) {
      const { code, body } = await here.json(['client', 'add', '--spa', uri]);
      assert.equal(code, 1, uri);
      assert.equal(body['error'], 'redirect_uri_invalid');
    }
    const odd = await here.json(['client', 'add', 'a/b', '--native']);
    assert.equal(odd.code, 2);
  });

  it('lists, disables, enables and revokes accounts, by id or login', async () => {
    const listed = (await here.json(['account', 'list'])).body['accounts'] as Json[];
    const ada = listed.find((account) => account['login'] === 'ada');
    assert.ok(ada, JSON.stringify(listed));
    assert.equal((await here.json(['account', 'revoke', String(ada['id'])])).code, 0);
    assert.equal((await here.json(['account', 'disable', 'ada'])).code, 0);
    const after = (await here.json(['account', 'list'])).body['accounts'] as Json[];
    assert.notEqual(after.find((account) => account['login'] === 'ada')?.['disabled_at'], null);
    assert.equal((await here.json(['account', 'enable', 'ada'])).code, 0);
    const unknown = await here.json(['account', 'disable', 'nobody']);
    assert.deepEqual([unknown.code, unknown.body['error']], [1, 'account_unknown']);
  });

  it('shows what of a person can be revoked, and revokes by its ids', async () => {
    const shown = await here.json(['account', 'show', 'ada']);
    const [device] = shown.body['devices'] as Json[];
    assert.match(String(device?.['id']), /^dev_/);
    const revoked = await here.json(['revoke', '--device', String(device?.['id'])]);
    assert.deepEqual([revoked.code, revoked.body['revoked']], [0, 'device']);
    const unknown = await here.json(['revoke', '--grant', 'nothing']);
    assert.deepEqual([unknown.code, unknown.body['error']], [1, 'nothing_to_revoke']);
    assert.equal((await here.command(['revoke'])).code, 2);
    assert.equal((await here.command(['revoke', '--all', '--issued-before', 'yesterday'])).code, 2);
  });

  it('says what revoking everything would end, and ends it when told so, in the running server', async () => {
    const app = { clientId: 'example-cli', redirectUri: 'http://127.0.0.1/callback' };
    const wish = { issuer: here.issuer, login: 'ada', scope: 'openid', resource: undefined, ...app };
    await logIn(wish);
    const sessions = async () =>
      ((await here.json(['account', 'show', 'ada'])).body['sessions'] as Json[]).length;
    assert.ok((await sessions()) > 0);
    const asked = await here.json(['revoke', '--all']);
    assert.deepEqual([asked.code, asked.body['error']], [1, 'confirmation_needed']);
    assert.match(String(asked.body['message']), /sign-ins +[1-9]/);
    const done = await here.json(['revoke', '--all', '--yes']);
    assert.deepEqual([done.code, done.body['epoch']], [0, 1]);
    assert.equal(await sessions(), 0);
    const since = '2026-11-22T08:00:00Z';
    const { stdout } = await here.command(['revoke', '--all', '--issued-before', since, '--yes']);
    assert.match(stdout, /^Epoch 2 has begun\. Everything that was issued before 2026-11-22T08:00:00Z/);
  });

  it('rotates keys in an emergency at once, and otherwise not before everybody knows the next', async () => {
    const kids = async () => {
      const jwks = (await (await fetch(`${here.issuer}/jwks`)).json()) as { keys: { kid: string }[] };
      return jwks.keys.map(({ kid }) => kid).sort();
    };
    const before = await kids();
    assert.equal((await here.json(['keys', 'rotate'])).body['error'], 'key_too_young');
    assert.equal((await here.json(['keys', 'rotate', '--emergency'])).code, 0);
    const after = await kids();
    assert.ok(
      after.every((kid) => !before.includes(kid)),
      'a compromised key is still published',
    );
  });

  it('finds nothing wrong', async () => {
    const { code, stdout, stderr } = await here.command(['doctor']);
    assert.equal(code, 0, stderr);
    assert.match(stdout, /ok +server +running and ready/);
    assert.match(stdout, /ok +migrations +none pending/);
  });

  it('explains wrong usage and leaves with 2', async () => {
    const misspelt = await here.command(['account', 'lst']);
    assert.deepEqual([misspelt.code, /Did you mean list/.test(misspelt.stderr)], [2, true]);
    assert.equal((await here.command(['client', 'add'])).code, 2);
    assert.equal((await here.command(['client', 'add', '--native', '--service'])).code, 2);
    assert.equal((await here.command(['--help'])).code, 0);
  });
});

describe('the holdfast command without a server', function () {
  // Whole processes with databases of their own, on machines that may be busy.
  this.timeout(60_000);
  let here: Installation;
  before(async () => (here = await Installation.make()));
  after(() => here.remove());

  it('lets the doctor look without making anything', async () => {
    const { code, stdout } = await here.command(['doctor']);
    assert.equal(code, 0);
    assert.match(stdout, /WARNING +database +the embedded database is not there yet/);
    assert.ok(!existsSync(path.join(here.folder, 'data')));
  });

  it('makes the embedded database and keeps what it was told', async () => {
    const migrated = await here.json(['migrate']);
    assert.equal(migrated.code, 0, JSON.stringify(migrated.body));
    assert.equal((await here.json(['client', 'add', 'kept', '--resource-server'])).code, 0);
    assert.equal((await here.json(['client', 'add', 'kept', '--native'])).body['error'], 'client_taken');
  });

  it('checks the configuration without touching anything', async () => {
    const good = await here.json(['config', 'check']);
    assert.deepEqual([good.code, good.body['issuer']], [0, here.issuer]);
    const tiers = good.body['tiers'] as { id: string; examples: string[] }[];
    assert.deepEqual(
      tiers.slice(0, 2).map(({ id, examples }) => [id, examples]),
      [
        ['standard', ['echo']],
        ['premium', ['echo-large']],
      ],
    );
    const bad = await here.command(['config', 'check'], { HOLDFAST_DPOP_REQUIRE_NONSE: 'true' });
    assert.equal(bad.code, 2);
    assert.match(bad.stderr, /did you mean HOLDFAST_DPOP_REQUIRE_NONCE\?/);
  });

  it('says that the database is away, and leaves with 3', async () => {
    const away = { DATABASE_URL: `postgres://127.0.0.1:1/holdfast` };
    const { code, body } = await here.json(['client', 'list'], away);
    assert.deepEqual([code, body['error']], [3, 'database_unavailable']);
    const doctor = await here.command(['doctor'], away);
    assert.equal(doctor.code, 1);
    assert.match(doctor.stderr, /FAILURE +database +The database does not answer/);
  });
});
