import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Browser } from 'playwright-core';
import { buildStage, type Stage } from '../../examples/demo/stage.js';
import { launchBrowser, Person } from '../support/browser.js';
import { mailsInFolder } from '../support/mailbox.js';
import { takeLooks } from '../support/looks.js';

const program = path.resolve(import.meta.dirname, '../../examples/cli/main.js');
const email = 'ada@example.org';

interface Invitation {
  readonly link: string;
  readonly number: string;
}

/* The command line runs where there is no browser; she has her phone. */
describe('stepping up on another device, with the example command line', function () {
  this.timeout(120_000);
  let stage: Stage;
  let browser: Browser;
  let folder: string;
  let phone: Person;
  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'holdfast-elsewhere-'));
    const rewrite = (yaml: string): string =>
      `environment: test\ndata_dir: ${folder}\n${yaml.replace(/^backchannel:$/m, '$&\n  interval: 1')}`;
    [stage, browser] = await Promise.all([buildStage(rewrite), launchBrowser()]);
    phone = await Person.arrive(browser, { width: 390 });
  });
  after(async () => {
    await browser.close();
    await stage.close();
    await rm(folder, { recursive: true, force: true });
  });

  /** Runs the program; she answers each invitation that it prints. */
  async function run(parameters: readonly string[], answer: (invitation: Invitation) => Promise<void>) {
    const where = ['--gateway', stage.gateway.href, '--file', path.join(folder, 'login.json')];
    const whom = ['--elsewhere', '--login', email];
    const child = spawn(process.execPath, [program, ...where, ...whom, ...parameters]);
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
    const [code] = (await once(child, 'close')) as [number];
    await Promise.all(answers);
    return { code, ...said, asked: answers.length };
  }

  const approve = async ({ link, number }: Invitation): Promise<void> => {
    const { page } = phone;
    await page.goto(link);
    assert.ok(!(await page.content()).includes(`>${number}<`), 'her page shows the number');
    await page.getByLabel('Type the two-digit number').fill(number);
    await takeLooks(
      phone,
      (await page.getByText('Up to $2.00').count()) > 0 ? 'elsewhere' : 'elsewhere-sign-in',
    );
    await page.getByRole('button', { name: 'Approve with passkey' }).click();
    await page.getByRole('heading', { name: 'Approved.' }).waitFor();
  };

  it('lets her make an account on the phone', async () => {
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
  });

  it('signs in and approves there, and the answer arrives here', async () => {
    const { code, out, err, asked } = await run(['--model', 'echo-frontier', 'hello', 'there'], approve);
    assert.equal(code, 0, err);
    assert.equal(out, 'You said: hello there\n');
    assert.match(err, /echo-frontier needs your approval of up to \$2\.00 on frontier\./);
    assert.equal(asked, 2);
    phone.assertNoComplaint();
  });

  it('asks nothing for a second call inside the approval, and again past its limit', async () => {
    const call = () => run(['--model', 'echo-frontier', 'again'], approve);
    const { code, out, err, asked } = await call();
    assert.deepEqual({ code, out, err, asked }, { code: 0, out: 'You said: again\n', err: '', asked: 0 });
    // Each may cost 31 cents, so $2.00 hold six; four more.
    const more = [];
    for (let calls = 0; calls < 5; calls += 1) more.push(await call());
    assert.deepEqual(
      more.map((each) => [each.out, each.asked]),
      [0, 0, 0, 0, 1].map((times) => ['You said: again\n', times]),
    );
  });

  it('takes the passkey of whoever is signed out, and stops when she denies', async () => {
    await phone.context.clearCookies();
    const signedOut = await run(['--forget', 'hello'], approve);
    assert.equal(signedOut.out, 'You said: hello\n', signedOut.err);
    const { code, out, err } = await run(['--forget', 'hello'], async ({ link }) => {
      await phone.page.goto(link);
      await phone.page.getByRole('button', { name: 'Deny' }).click();
      await phone.page.getByRole('heading', { name: 'Denied.' }).waitFor();
    });
    assert.deepEqual([code, out], [1, '']);
    assert.match(err, /It was denied on the other device\. Nothing was called, nothing was spent\./);
  });
});
