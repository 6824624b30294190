import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { build } from 'esbuild';
import type { Browser } from 'playwright-core';
import { runCommand } from '../../src/admin/commands.js';
import { systemRandom } from '../../src/lib/random.js';
import { launchBrowser, Person } from '../support/browser.js';
import { startHoldfast, type Holdfast } from '../support/harness.js';

/** Bundles the snippet with the two lines that an app adds: it signs in, and shows what it got. */
async function bundle(snippet: string): Promise<string> {
  const contents = `${snippet}
if (location.pathname === '/callback') {
  const { tokens, answer } = await finishSignIn();
  document.title = JSON.stringify({ type: tokens.token_type, status: answer.status, who: await answer.json() });
} else await signIn();`;
  const bundled = await build({
    stdin: { contents, resolveDir: import.meta.dirname, loader: 'js' },
    bundle: true,
    write: false,
    format: 'esm',
    target: 'es2022',
    logLevel: 'silent',
  });
  return bundled.outputFiles[0]?.text ?? '';
}

describe('the code that `client add --spa` prints', () => {
  let holdfast: Holdfast;
  let browser: Browser;
  let server: Server;
  let script = '';
  before(async () => {
    [holdfast, browser] = await Promise.all([startHoldfast({ resources: [] }), launchBrowser()]);
    server = createServer((request, response) => {
      const page =
        '<!doctype html><link rel="icon" href="data:,"><script type="module" src="/app.js"></script>';
      const isScript = request.url === '/app.js';
      response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html');
      response.end(isScript ? script : page);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  after(async () => {
    await browser.close();
    server.close();
    server.closeAllConnections();
    await holdfast.close();
  });

  it('signs a person in from a browser and uses the bound token, as it stands', async () => {
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const added = await runCommand(
      {
        config: holdfast.config,
        stores: holdfast.storage,
        keystore: { rotate: () => assert.fail(), replace: () => assert.fail() },
        events: {
          accountDisabled: () => {},
          accountsImported: () => {},
          clientAdded: () => {},
          clientRemoved: () => {},
          revoked: () => {},
          legacyImported: () => {},
          legacyRetired: () => {},
        },
        clock: holdfast.clock,
        random: systemRandom,
        keysChanged: () => Promise.resolve(),
        flushRefusals: () => Promise.resolve(),
        flushObservations: () => Promise.resolve(),
      },
      'client add',
      { kind: 'spa', redirect_uri: `${origin}/callback`, name: 'Pasted app' },
    );
    assert.ok(added.ok);
    script = await bundle((added.result as { snippet: string }).snippet);

    const { page, ...person } = await Person.arrive(browser);
    await page.goto(origin);
    await page.locator('input[name=login][value=""], input[name=login]:not([value])').first().fill('ada');
    await page.locator('form:has(select[name=acr], input[name=acr]) button[type=submit]').first().click();
    await page.getByRole('button', { name: 'Allow', exact: true }).click();
    await page.waitForFunction(() => document.title.startsWith('{'));
    const shown = JSON.parse(await page.title()) as { type: string; status: number; who: { sub: string } };
    assert.equal(shown.type, 'dpop');
    assert.equal(shown.status, 200);
    assert.match(shown.who.sub, /^acc_/);
    // The first call of all is answered with a nonce (RFC 9449 §8), which a browser writes down as a failure.
    const serious = person.complaints.filter((complaint) => !/status of 40[01]/.test(complaint));
    assert.deepEqual(serious, []);
  });
});
