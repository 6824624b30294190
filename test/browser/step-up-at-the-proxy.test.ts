import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import OpenAI from 'openai';
import type { Browser } from 'playwright-core';
import { buildStage, type Stage } from '../../examples/demo/stage.js';
import { launchBrowser, Person } from '../support/browser.js';
import { mailsInFolder } from '../support/mailbox.js';
import { findSecrets } from '../support/secret-search.js';

const program = path.resolve(import.meta.dirname, '../../src/cli.js');
const email = 'ada@example.org';

interface Invitation {
  readonly link: string;
  readonly number: string;
}

/* The whole way: a terminal without a browser, the openai package, and she has her phone. */
describe('an unmodified program behind holdfast proxy, with a real browser', function () {
  this.timeout(120_000);
  let stage: Stage;
  let browser: Browser;
  let folder: string;
  let phone: Person;
  const children: ChildProcess[] = [];
  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'holdfast-proxy-'));
    const rewrite = (yaml: string): string =>
      `environment: test\ndata_dir: ${folder}\n${yaml.replace(/^backchannel:$/m, '$&\n  interval: 1')}`;
    [stage, browser] = await Promise.all([buildStage(rewrite), launchBrowser()]);
    phone = await Person.arrive(browser, { width: 390 });
  });
  after(async () => {
    for (const child of children) child.kill();
    await browser.close();
    await stage.close();
    await rm(folder, { recursive: true, force: true });
  });

  /** Runs `holdfast` with a home of its own; she answers each invitation that it prints. */
  function run(words: readonly string[], answer: (invitation: Invitation) => Promise<void> = approve) {
    const home = path.join(folder, 'home');
    // No keyring of whoever runs the tests: the key is in a file.
    const env = {
      ...process.env,
      HOME: folder,
      HOLDFAST_HOME: home,
      DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nonexistent',
    };
    const child = spawn(process.execPath, [program, ...words], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    children.push(child);
    const said = { out: '', err: '' };
    const answers: Promise<void>[] = [];
    child.stdout.setEncoding('utf8').on('data', (text: string) => (said.out += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said.err += text;
      const invitations = [
        ...said.err.matchAll(/(http\S+\/approve\/\S+)[^]*?number to type there: +([0-9]{2})\n/g),
      ];
      for (const [, link = '', number = ''] of invitations.slice(answers.length)) {
        answers.push(answer({ link, number }));
      }
    });
    const ended = once(child, 'close').then(async ([code]) => {
      await Promise.all(answers);
      return { code: code as number, ...said };
    });
    return { child, said, answers, ended };
  }

  const approve = async ({ link, number }: Invitation): Promise<void> => {
    const { page } = phone;
    await page.goto(link);
    await page.getByLabel('Type the two-digit number').fill(number);
    await page.getByRole('button', { name: 'Approve with passkey' }).click();
    await page.getByRole('heading', { name: 'Approved.' }).waitFor();
  };

  it('lets her make an account on the phone, and sign in here from there', async () => {
    const { page } = phone;
    await page.goto(`${stage.issuer}/account`);
    await page.getByRole('link', { name: 'Create an account' }).click();
    await page.getByLabel('What should we call you?').fill('Ada Lovelace');
    await page.getByLabel('E-mail').fill(email);
    await page.getByRole('button', { name: 'Continue' }).click();
    const { code = '' } = await mailsInFolder(path.join(folder, 'mail')).waitFor(email, 'sign_up_code');
    await page.getByLabel('Code from the mail').fill(code);
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByRole('button', { name: 'Create a passkey' }).click();
    await page.getByRole('button', { name: 'I have kept them' }).click();
    await page.getByRole('heading', { name: 'Something wrong?' }).waitFor();

    const signedIn = await run(['login', '--resource', stage.gateway.href, '--elsewhere', email]).ended;
    assert.equal(signedIn.code, 0, signedIn.err);
    assert.match(signedIn.err, /Signed in for http\S+ as holdfast-cli\./);
  });

  it('prints a token that is worth nothing alone, and signs one request', async () => {
    const { out, err } = await run(['token']).ended;
    assert.match(out, /^hldf_at_\w+\n$/);
    assert.match(err, /Alone it is worth nothing/);
    const alone = await fetch(`${stage.gateway.href}v1/models`, {
      headers: { authorization: `Bearer ${out.trim()}` },
    });
    assert.equal(alone.status, 401);
    const signed = await run(['curl', '-i', '/v1/models']).ended;
    assert.equal(signed.code, 0, signed.err);
    assert.match(signed.out, /^HTTP 200\n[^]*\n\n\{"object":"list"/);
    const missing = await run(['curl', '-f', '-d', '{"model":"gpt","messages":[]}', '/v1/chat/completions'])
      .ended;
    assert.deepEqual([missing.code, missing.out], [22, '']);
  });

  it('streams, waits at the frontier while she approves on the phone, and goes on', async () => {
    const proxy = run(['proxy', '--elsewhere']);
    const { baseURL, apiKey } = await printed(proxy);
    const openai = new OpenAI({ baseURL, apiKey });
    const ask = async (model: string, content: string): Promise<string> => {
      const messages = [{ role: 'user' as const, content }];
      let said = '';
      for await (const chunk of await openai.chat.completions.create({ model, messages, stream: true }))
        said += chunk.choices[0]?.delta.content ?? '';
      return said;
    };
    assert.equal(await ask('echo', 'hello'), 'You said: hello');
    assert.equal(proxy.answers.length, 0);
    const both = await Promise.all([ask('echo-frontier', 'one'), ask('echo-frontier', 'two')]);
    assert.deepEqual(both, ['You said: one', 'You said: two']);
    assert.equal(proxy.answers.length, 1, 'she was asked more than once');
    assert.match(proxy.said.err, /The call needs .*your approval of up to \$2\.00 on frontier\./);
    phone.assertNoComplaint();

    await refusesPages(new URL(baseURL).origin, apiKey);
    proxy.child.kill();
    const { code, out, err } = await proxy.ended;
    assert.equal(code, 0);
    // What it said to the terminal is no log of secrets: the key once, where it is to be copied from, and no token.
    assert.ok(!/hldf_|eyJ/.test(out + err));
    assert.ok(!err.includes(apiKey) && !err.includes('one'));
    const home = path.join(folder, 'home');
    const files = await Promise.all(
      (await readdir(home)).map(async (name) => ({
        name,
        text: await readFile(path.join(home, name), 'utf8'),
      })),
    );
    assert.deepEqual(findSecrets([{ name: 'key of the proxy', value: apiKey }], files), []);
    assert.ok(files.every(({ text }) => !text.includes('hldf_')));
  });

  async function printed({ child, said }: ReturnType<typeof run>) {
    while (!/ANTHROPIC_API_KEY=\S+\n/.test(said.out))
      await once(child.stdout as NodeJS.ReadableStream, 'data');
    const of = (name: string): string => new RegExp(`${name}=(\\S+)`).exec(said.out)?.[1] ?? '';
    return { baseURL: of('OPENAI_BASE_URL'), apiKey: of('OPENAI_API_KEY') };
  }

  /** A page that even knows the secret: by script, by form, by a picture, and by a name of its own that leads here. */
  async function refusesPages(origin: string, apiKey: string): Promise<void> {
    const page = await (await browser.newContext()).newPage();
    await page.goto(`${stage.issuer}/account`);
    await page.route('**/page-of-a-thief', (route) =>
      route.fulfill({ contentType: 'text/html', body: '<!doctype html><title>thief</title>' }),
    );
    await page.goto(`${stage.issuer}/page-of-a-thief`);
    const got = await page.evaluate(
      async ({ url, key }) => {
        const headers = { authorization: `Bearer ${key}` };
        const read = await fetch(url, { headers }).then(
          () => 'read',
          () => 'blocked',
        );
        const blind = await fetch(url, { mode: 'no-cors' }).then(
          (answer) => answer.type,
          () => 'blocked',
        );
        return { read, blind };
      },
      { url: `${origin}/v1/models`, key: apiKey },
    );
    // Cross-Origin-Resource-Policy: not even an answer that nobody can read.
    assert.deepEqual(got, { read: 'blocked', blind: 'blocked' });
    const [answer] = await Promise.all([
      page.waitForResponse(`${origin}/v1/chat/completions`),
      page.evaluate((action) => {
        const form = document.createElement('form');
        Object.assign(form, { action, method: 'post', enctype: 'text/plain' });
        document.body.append(form);
        form.submit();
      }, `${origin}/v1/chat/completions`),
    ]);
    assert.equal(answer.status(), 403);
    const other = await page.context().newPage();
    const rebound = await other.goto(`${origin.replace('127.0.0.1', 'thief.localhost')}/v1/models`);
    assert.equal(rebound?.status(), 421);
    await page.context().close();
  }
});
