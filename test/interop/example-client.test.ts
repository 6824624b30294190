import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { attributeOf, Browser } from '../../examples/demo/browser.js';
import { Person } from '../../examples/demo/person.js';
import { buildStage, type Stage } from '../../examples/demo/stage.js';

const program = path.resolve(import.meta.dirname, '../../examples/cli/main.js');

interface Run {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

describe('the example command-line client, on openid-client', function () {
  this.timeout(60_000);
  let stage: Stage;
  let ada: Person;
  let folder: string;
  let file: string;

  before(async () => {
    stage = await buildStage();
    ada = new Person('Ada', stage.issuer);
    folder = await mkdtemp(path.join(tmpdir(), 'holdfast-cli-'));
    file = path.join(folder, 'kept', 'login.json');
  });
  after(async () => {
    await stage.close();
    await rm(folder, { recursive: true, force: true });
  });

  /** Runs the program; `visit` goes where it sends the person. */
  async function run(visit?: (address: URL) => Promise<void>, ...parameters: string[]): Promise<Run> {
    return start(visit, [...parameters, 'hello', 'there']);
  }

  async function start(
    visit: ((address: URL) => Promise<void>) | undefined,
    parameters: string[],
  ): Promise<Run> {
    const gateway = ['--gateway', stage.gateway.href, '--file', file, '--no-open'];
    const child = spawn(process.execPath, [program, ...gateway, ...parameters]);
    const said = { out: '', err: '' };
    let visited: Promise<void> | undefined;
    child.stdout.setEncoding('utf8').on('data', (text: string) => (said.out += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said.err += text;
      const address = /(http\S+)\n/.exec(said.err)?.[1];
      if (address !== undefined && visit) visited ??= visit(new URL(address));
    });
    const [code] = (await once(child, 'close')) as [number];
    await visited;
    return { code, ...said };
  }

  it('sends the person to the browser, is let in and streams the answer', async () => {
    const { code, out, err } = await run((address) => ada.signUp(address));
    assert.equal(code, 0, err);
    assert.equal(out, 'You said: hello there\n');
  });

  it('keeps key and refresh token in a file of its owner alone', async () => {
    assert.equal((await stat(file)).mode & 0o777, 0o600);
    assert.equal((await stat(path.dirname(file))).mode & 0o777, 0o700);
  });

  it('renews the login by itself, each time with the next refresh token', async () => {
    const before = await readFile(file, 'utf8');
    const { code, out, err } = await run();
    assert.equal(code, 0, err);
    assert.equal(out, 'You said: hello there\n');
    assert.equal(err, '');
    assert.notEqual(await readFile(file, 'utf8'), before);
  });

  it('refuses a file that others can read', async () => {
    await chmod(file, 0o644);
    const { code, err } = await run();
    await chmod(file, 0o600);
    assert.equal(code, 1);
    assert.match(err, /chmod 600/);
  });

  it('lets the person sign in again with her passkey when it was told to forget', async () => {
    const { code, out, err } = await run((address) => ada.signIn(address), '--forget');
    assert.equal(code, 0, err);
    assert.equal(out, 'You said: hello there\n');
  });

  it('says what the gateway said when a model does not exist', async () => {
    const { code, err } = await run(undefined, '--model', 'gpt');
    assert.equal(code, 1);
    assert.match(err, /404 There is no model named "gpt"/);
  });

  it('forgets without a question as well', async () => {
    const { code, err } = await start(undefined, ['--forget']);
    assert.equal(code, 0, err);
    await assert.rejects(stat(file), { code: 'ENOENT' });
  });

  it('says so when the person goes back without signing in', async () => {
    const { code, err } = await run(async (address) => {
      const browser = new Browser();
      const page = await browser.open(address);
      await browser.submit(new URL(`${attributeOf(page, 'data-base')}/deny`, page.url), {
        csrf: attributeOf(page, 'data-csrf'),
      });
    });
    assert.equal(code, 1);
    assert.match(err, /Not signed in: /);
  });
});
