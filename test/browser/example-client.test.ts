import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Browser } from 'playwright-core';
import { buildStage, type Stage } from '../../examples/demo/stage.js';
import { launchBrowser, type Look, Person } from '../support/browser.js';

const program = path.resolve(import.meta.dirname, '../../examples/cli/main.js');

describe('the example client with a real browser', function () {
  this.timeout(60_000);
  let stage: Stage;
  let browser: Browser;
  let folder: string;
  before(async () => {
    [stage, browser] = await Promise.all([buildStage(), launchBrowser()]);
    folder = await mkdtemp(path.join(tmpdir(), 'holdfast-browser-'));
  });
  after(async () => {
    await browser.close();
    await stage.close();
    await rm(folder, { recursive: true, force: true });
  });

  /** Asks the gateway by the program; `visit` is the person in front of the browser. */
  const ask = async (file: string, visit: (address: string) => Promise<void>) => {
    const where = ['--gateway', stage.gateway.href, '--file', path.join(folder, file), '--no-open'];
    const child = spawn(process.execPath, [program, ...where, 'what', 'is', 'a', 'holdfast?']);
    const said = { out: '', err: '' };
    let visited: Promise<void> | undefined;
    child.stdout.setEncoding('utf8').on('data', (text: string) => (said.out += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said.err += text;
      const address = /(http\S+)\n/.exec(said.err)?.[1];
      if (address !== undefined) visited ??= visit(address);
    });
    const [code] = (await once(child, 'close')) as [number];
    await visited;
    assert.equal(code, 0, said.err);
    return said.out;
  };

  const looks: Record<string, Look> = {
    'on a phone': { width: 390, colorScheme: 'light' },
    'on a desk': { width: 1280, colorScheme: 'light' },
  };
  for (const [name, look] of Object.entries(looks)) {
    it(`lets a person sign up ${name}, and the gateway streams the answer to her call`, async () => {
      const person = await Person.arrive(browser, look);
      const { page } = person;
      const shot = (what: string) => person.picture(`example-${what}-${look.width}`);
      const answer = await ask(`${look.width}.json`, async (address) => {
        await page.goto(address);
        await shot('login');
        await person.signUp('Ada Lovelace');
        await page.getByRole('heading', { name: /^Allow / }).waitFor();
        await shot('consent');
        await page.getByRole('button', { name: 'Allow', exact: true }).click();
        await page.getByText('That is done.').waitFor();
      });
      assert.equal(answer, 'You said: what is a holdfast?\n');
      assert.equal(await person.passkeys(), 1);
      person.assertNoComplaint();
      await person.context.close();
    });
  }
});
