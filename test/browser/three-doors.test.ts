import assert from 'node:assert/strict';
import { readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import type { Browser } from 'playwright-core';
import { launchBrowser, Person } from '../support/browser.js';
import { mailsInFolder } from '../support/mailbox.js';
import { commandsOf, Newcomer } from '../support/newcomer.js';

const email = 'nora@example.org';

/* Word for word, on the ports that the documents name: each door of the README ends at a working call. */
describe('a newcomer with the README alone', function () {
  this.timeout(120_000);
  let browser: Browser;
  let nora: Newcomer;
  let person: Person;
  const visited = new Set<string>();
  before(async () => {
    browser = await launchBrowser();
  });
  beforeEach(async () => {
    nora = new Newcomer();
    person = await Person.arrive(browser);
  });
  afterEach(() => nora.leaves());
  after(async () => {
    await browser.close();
    // What the documents have her make outside of her own folder.
    for (const file of readdirSync('examples/nginx').filter((name) =>
      /^(holdfast-secret|nginx-temp)/.test(name),
    ))
      rmSync(path.join('examples/nginx', file), { recursive: true });
    for (const file of ['/tmp/provider.key', '/tmp/proxy.secret']) rmSync(file, { force: true });
  });

  /** Goes where her terminal sends her, and makes an account on the way. */
  async function signsUp(): Promise<void> {
    const { page } = person;
    await opens();
    await page.getByRole('link', { name: 'Create an account' }).click();
    await page.getByLabel('What should we call you?').fill('Nora');
    await page.getByLabel('E-mail').fill(email);
    await page.getByRole('button', { name: 'Continue' }).click();
    const mails = mailsInFolder(path.join(nora.folder, 'data/mail'));
    const { code = '' } = await mails.waitFor(email, 'sign_up_code');
    await page.getByLabel('Code from the mail').fill(code);
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByRole('button', { name: 'Create a passkey' }).click();
    await page.getByRole('button', { name: 'I have kept them' }).click();
    await page.getByRole('button', { name: /^Allow/ }).click();
  }

  async function opens(): Promise<void> {
    const address = await nora.address(visited);
    visited.add(address);
    await person.page.goto(address);
  }

  it('who has a gateway that can’t be changed', async () => {
    const [server = '', provider = '', gateway = '', call = ''] = commandsOf(
      'README.md',
      '### I have a gateway',
    );
    await nora.starts(server, 6180);
    await nora.starts(provider, 6195);
    await nora.starts(gateway, 6181);
    const { ended } = nora.types(call);
    await signsUp();
    assert.match(await ended, /hello/);
  });

  it('who has nginx before her models', async () => {
    const [server = '', models = '', gateway = '', nginx = ''] = commandsOf(
      'examples/nginx/README.md',
      '# Example: models behind nginx',
    );
    const [calls = '', refused = ''] = commandsOf('examples/nginx/README.md', '## Call it');
    const [cheap = '', dear = ''] = calls.trim().split('\n');
    await nora.starts(server, 6180);
    await nora.starts(models, 6195);
    await nora.starts(gateway, 6190);
    await nora.starts(nginx, 6181);
    assert.match(await nora.types(refused).ended, /^HTTP\/1\.1 401/);
    const first = nora.types(cheap);
    await signsUp();
    assert.match(await first.ended, /hello/);
    const second = nora.types(dear);
    await opens();
    await person.page.getByRole('button', { name: 'Approve with passkey' }).click();
    assert.match(await second.ended, /hello/);
  });

  it('who has a login', async () => {
    const [server = '', backend = '', call = ''] = commandsOf('README.md', '### I have a login');
    await nora.starts(server, 6180);
    await nora.starts(backend, 6186);
    assert.match(await nora.types(call).ended, /You said: hello/);
  });

  it('who has nothing', async () => {
    const [server = '', call = ''] = commandsOf('README.md', '### I have nothing');
    await nora.starts(server, 6181);
    const { ended } = nora.types(call);
    await signsUp();
    assert.equal(await ended, 'You said: hello\n');
  });
});
