import assert from 'node:assert/strict';
import { loadConfig } from '../../src/config/load.js';
import { examineInstallation } from '../../src/admin/examine-installation.js';
import { freePort } from '../../examples/support/free-port.js';
import { startMailbox, type Mailbox, type MailboxOptions } from '../support/mailbox.js';
import { Installation } from '../support/server-process.js';

describe('holdfast mail test', function () {
  // Each is a process of its own, on machines that may be busy.
  this.timeout(60_000);
  let here: Installation;
  const mailboxes: Mailbox[] = [];
  before(async () => {
    here = await Installation.make();
  });
  after(async () => {
    await here.remove();
    for (const mailbox of mailboxes) await mailbox.close();
  });

  async function server(options?: MailboxOptions) {
    const mailbox = await startMailbox(options);
    mailboxes.push(mailbox);
    const { settings } = mailbox;
    const env = Object.fromEntries(
      Object.entries(settings).map(([name, value]) => [`HOLDFAST_MAIL_${name.toUpperCase()}`, String(value)]),
    );
    return { mailbox, env };
  }

  it('sends a mail through the server of the configuration', async () => {
    const { mailbox, env } = await server({ login: { user: 'holdfast', password: 'tide-7' } });
    const { code, stdout, stderr } = await here.command(['mail', 'test', 'ops@example.com'], env);
    assert.equal(code, 0, stderr);
    assert.match(stdout, /took the mail to ops@example\.com/);
    assert.equal((await mailbox.waitFor('ops@example.com', 'test')).subject, 'A test mail from Holdfast');
  });

  it('says word for word what the server answered, and never the password', async () => {
    const { mailbox, env } = await server({ login: { user: 'holdfast', password: 'tide-7' } });
    const to = ['mail', 'test', 'ops@example.com'];
    mailbox.refusal = { at: 'RCPT TO', code: 550 };
    const unknown = await here.command(to, env);
    assert.equal(unknown.code, 1);
    assert.match(unknown.stderr, /Step: +RCPT TO\nAnswer: 550 not today/);
    mailbox.refusal = { at: 'DATA', code: 554 };
    assert.match((await here.command(to, env)).stderr, /Answer: 554 not today/);
    const wrong = await here.command(to, { ...env, HOLDFAST_MAIL_PASSWORD: 'tide-8' });
    assert.match(wrong.stderr, /Answer: 535 /);
    assert.ok(!/tide/.test(JSON.stringify([unknown, wrong])));
    const nobody = await here.json(to, { ...env, HOLDFAST_MAIL_PORT: String(await freePort()) });
    assert.equal(nobody.body['error'], 'mail_refused');
    assert.match(String(nobody.body['message']), /ECONNREFUSED/);
  });

  it('sends nothing in clear to a server that offers no TLS, nor to one that nobody vouches for', async () => {
    const plain = await server();
    const stripped = await here.command(['mail', 'test', 'ops@example.com'], {
      ...plain.env,
      HOLDFAST_MAIL_TLS: 'starttls',
    });
    assert.equal(stripped.code, 1);
    assert.match(stripped.stderr, /STARTTLS/);
    const unknown = await server({ startTls: true });
    const untrusted = await here.command(['mail', 'test', 'ops@example.com'], unknown.env);
    assert.equal(untrusted.code, 1);
    assert.match(untrusted.stderr, /certificate/);
    assert.deepEqual([...plain.mailbox.recipients, ...unknown.mailbox.recipients], []);
  });

  it('keeps a file where no server is set, and refuses what is no address', async () => {
    const kept = await here.command(['mail', 'test', 'ops@example.com']);
    assert.equal(kept.code, 0);
    assert.match(kept.stderr, /mail to ops@example\.com .*data\/mail\/.*-test-\w+\.eml/);
    assert.equal((await here.json(['mail', 'test', 'ops'])).body['error'], 'usage');
  });
});

describe('the doctor on mail', () => {
  const says = async (settings: object) => {
    const loaded = loadConfig({
      env: { HOLDFAST_CONFIG: 'x.yaml' },
      readFile: () =>
        JSON.stringify({
          issuer: 'https://id.example.com',
          management_port: 1,
          data_dir: '/nowhere',
          ...settings,
        }),
    });
    assert.ok(loaded.ok);
    const found = await examineInstallation(loaded.config, [], Date.now());
    return found.find(({ name }) => name === 'mail');
  };
  const production = { environment: 'production', dangerously_allow_embedded_in_production: true };

  it('warns loudly in production without a server, and only then', async () => {
    const warning = await says(production);
    assert.equal(warning?.state, 'warning');
    assert.match(warning?.says ?? '', /NO MAIL SERVER/);
    assert.equal((await says({}))?.state, 'ok');
    const set = { mail: { host: 'smtp.example.com', from: 'login@example.com' } };
    assert.equal((await says({ ...production, ...set }))?.state, 'ok');
  });
});
