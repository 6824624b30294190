import { strict as assert } from 'node:assert';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { ConfigFile } from '../../src/config/schema.js';
import { askCall } from '../support/calls.js';
import { startHoldfast, type Holdfast } from '../support/harness.js';
import { signIn } from '../support/login.js';
import { Installation } from '../support/server-process.js';

describe('tiers that change while the server runs', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'live-tiers-'));
  const configFile = path.join(folder, 'holdfast.yaml');
  let holdfast: Holdfast;
  let settings: ConfigFile;
  const tiers = [{ id: 'only', title: 'Only', models: ['*'], client_credentials: true }];

  before(async () => {
    holdfast = await startHoldfast({ tiers }, { configFile });
    settings = JSON.parse(readFileSync(configFile, 'utf8')) as ConfigFile;
  });
  after(async () => {
    await holdfast.close();
    rmSync(folder, { recursive: true });
  });

  /** What was logged about it. */
  function change(text: string): string {
    writeFileSync(configFile, text);
    const before = holdfast.log.length;
    holdfast.app.reload();
    return holdfast.log.slice(before).join('');
  }
  const refused = async () => {
    const { status, body } = await fetch(`${holdfast.managementUrl}/readyz`).then(async (answer) => ({
      status: answer.status,
      body: (await answer.json()) as { config_refused: boolean },
    }));
    const gauge = /^holdfast_config_refused\S* ([01])/m.exec(await holdfast.app.metrics())?.[1];
    assert.equal(status, 200, 'it serves all the same');
    assert.equal(gauge, body.config_refused ? '1' : '0');
    return body.config_refused;
  };

  it('are taken whole from a valid file, and nothing else of it', async () => {
    const more = [...tiers, { id: 'dear', title: 'Dear', models: ['dear'], max_age: 60 }];
    const log = change(
      JSON.stringify({ ...settings, tiers: more, host: '127.0.0.2', mail: { host: 'x', from: 'a@b.c' } }),
    );
    assert.match(log, /"event":"tiers_changed","tiers":\["dear"\]/);
    assert.match(log, /"settings":\["host","mail\.host","mail\.from"\].*needs a restart/);
    assert.equal(await refused(), false);
    assert.equal(change(JSON.stringify({ ...settings, tiers: more })), '', 'nothing has changed');
    assert.match(
      change(JSON.stringify({ ...settings, tiers: more.toReversed() })),
      /"tiers":\["only","dear"\]/,
      'their order decides, too',
    );
    change(JSON.stringify({ ...settings, tiers }));
  });

  it('decide from the next call on, for tokens that were given before, too', async () => {
    const { accessToken: token, device } = await signIn({ issuer: holdfast.issuer });
    const decision = async () => {
      const { body } = await askCall(holdfast.issuer, { token, jkt: device.key.jkt, model: 'echo' });
      return body['decision'];
    };
    assert.equal(await decision(), 'allow');
    change(JSON.stringify({ ...settings, tiers: [{ ...tiers[0], acr: 'urn:holdfast:acr:phr' }] }));
    assert.equal(await decision(), 'challenge');
    change('tiers: [');
    assert.equal(await decision(), 'challenge', 'a broken file opens nothing');
    change(JSON.stringify({ ...settings, tiers: [{ ...tiers[0], models: ['other'] }] }));
    assert.equal(await decision(), 'deny');
    change(JSON.stringify(settings));
    assert.equal(await decision(), 'allow');
  });

  const broken: readonly (readonly [string, () => string, RegExp])[] = [
    ['is empty', () => '', /is gone or empty/],
    ['is no YAML', () => '{ tiers: [', /not YAML/],
    [
      'has a fault in a tier',
      () => JSON.stringify({ ...settings, tiers: [...tiers, ...tiers] }),
      /tiers\.1\.id: only is declared twice/,
    ],
    ['has a fault elsewhere', () => JSON.stringify({ ...settings, tirs: [] }), /did you mean tiers\?/],
    [
      'demands what the server that runs can’t prove',
      () =>
        JSON.stringify({
          ...settings,
          attestation: { metadata: 'blob.jwt' },
          tiers: [{ ...tiers[0], acr: 'urn:holdfast:acr:phrh' }],
        }),
      /tiers\.0\.acr: demands a hardware key.*needs a restart/,
    ],
  ];
  for (const [title, text, says] of broken) {
    it(`stay as they are while the file ${title}`, async () => {
      const log = change(text());
      assert.match(log, /"level":"error".*the tiers stay as they were before/);
      assert.match(log, says);
      assert.ok(!log.includes('tiers_changed'));
      assert.equal(await refused(), true);
      assert.match(change(JSON.stringify(settings)), /the configuration is in order again/);
      assert.equal(await refused(), false);
    });
  }
});

describe('a server process whose configuration changes', function () {
  this.timeout(60_000);

  it('takes the tiers when the file is another one, and at once when it is told by SIGHUP', async () => {
    const here = await Installation.make();
    try {
      const file = path.join(here.folder, 'holdfast.yaml');
      const write = (title: string) =>
        writeFileSync(file, `tiers: [{ id: only, title: ${title}, models: ['*'] }]\n`);
      write('One');
      const server = await here.start({ HOLDFAST_CONFIG: file });
      const taken = /"event":"tiers_changed","tiers":\["only"\]/;
      write('Two');
      await server.waitFor(taken);
      const before = server.stdout.length;
      write('Three');
      server.child.kill('SIGHUP');
      await server.waitFor(new RegExp(`^[^]{${before},}${taken.source}`));
      await server.stop();
    } finally {
      await here.remove();
    }
  });
});
