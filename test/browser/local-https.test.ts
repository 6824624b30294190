import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { binding, DeviceSessions } from '../support/bound-browser.js';
import { signInAt } from '../support/bound-walk.js';
import { launchBrowser, Person } from '../support/browser.js';
import { Installation } from '../support/server-process.js';

const certutil = process.env['TEST_CERTUTIL_BIN'] ?? '/usr/bin/certutil';
const softwareKeys = binding.filter((flag) => flag.startsWith('--enable-features'));

describe('https on this machine, by holdfast serve --tls', function () {
  this.timeout(120_000);
  let installation: Installation;
  let issuer: string;
  let said: string;
  const authority = () => path.join(installation.folder, 'data/tls/ca.pem');

  before(async () => {
    installation = await Installation.make();
    issuer = installation.issuer.replace('http:', 'https:');
    const server = await installation.start({}, ['bin/holdfast', 'serve', '--tls']);
    said = server.stdout;
  });
  after(() => installation.remove());

  /** A person of this machine, as Chromium on Linux knows her. */
  function home(name: string): { HOME: string; database: string } {
    const HOME = path.join(installation.folder, name);
    const database = `sql:${path.join(HOME, '.pki/nssdb')}`;
    mkdirSync(path.join(HOME, '.pki/nssdb'), { recursive: true });
    execFileSync(certutil, ['-d', database, '-N', '--empty-password']);
    return { HOME, database };
  }

  it('binds the session in a browser that was told to trust it, by the line that it said', async () => {
    assert.ok(said.includes(`Holdfast ${issuer}`), said);
    const { HOME, database } = home('trusting');
    const line = /certutil (-d sql:\$HOME\/\.pki\/nssdb -A .*?-i ".*?")/.exec(said)?.[1] ?? '';
    const told = line.replace('sql:$HOME/.pki/nssdb', database).replaceAll('"', '').split(' ');
    execFileSync(certutil, told, { cwd: installation.folder });
    const browser = await launchBrowser(softwareKeys, { HOME });
    try {
      const person = await Person.arrive(browser);
      const sessions = await DeviceSessions.watch(person);
      await signInAt(person.page, issuer);
      assert.match(await sessions.registered(), /./);
      person.assertNoComplaint();
    } finally {
      await browser.close();
    }
  });

  it('is refused by one that was not', async () => {
    const { HOME } = home('strange');
    const browser = await launchBrowser(softwareKeys, { HOME });
    try {
      const { page } = await Person.arrive(browser);
      await assert.rejects(page.goto(`${issuer}/account`), /ERR_CERT_AUTHORITY_INVALID/);
    } finally {
      await browser.close();
    }
  });

  it('is served to the example gateway and to programs on Node that were told', async () => {
    const script = `const answer = await fetch('${issuer}/jwks'); console.log(answer.status)`;
    const told = { ...process.env, NODE_EXTRA_CA_CERTS: authority() };
    const run = (env: NodeJS.ProcessEnv) =>
      execFileSync(process.execPath, ['--input-type=module', '-e', script], {
        env,
        encoding: 'utf8',
        stdio: 'pipe',
      });
    assert.equal(run(told).trim(), '200');
    assert.throws(() => run(process.env), /fetch failed/);
  });
});
