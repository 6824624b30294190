import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { scenes } from '../../src/demo/scene.js';
import { catalogue } from '../../src/web/words/words.js';

const program = path.resolve(import.meta.dirname, '../../examples/demo/main.js');

describe('the demo', function () {
  this.timeout(90_000);

  it('tells the whole story: the owner is served, the thief is refused everywhere and gets $0.00', () => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [program], { encoding: 'utf8' });
    assert.equal(status, 0, stdout + stderr);
    assert.equal(stdout.match(/refused .* lost \$0\.00/g)?.length, 13);
    assert.match(stdout, /approves two calls, with her passkey +up to \$2\.00 on frontier/);
    assert.match(stdout, /asks again, and nobody asks her +served/);
    assert.match(stdout, /her account page, at once +opened +200 +lost \$0\.00/);
    assert.match(stdout, /her account page, ten minutes later +refused +403 device_unproven/);
    assert.match(stdout, /signs and goes on +served/);
    assert.match(stdout, /her session, with a passkey of his own +refused +400 access_denied/);
    assert.match(stdout, /Ada spent \$0\.\d*[1-9]\d*\. The thief got \$0\.00 of it\./);
    assert.match(
      stdout,
      /her own next call, with key and proof +refused +401 invalid_token +[\d.]+ ms after/,
    );
    assert.ok(!stdout.includes('\u001b'), 'colours went into a pipe');
  });

  it('stands in the README as it is told today (npm run record)', () => {
    const picture = path.resolve(import.meta.dirname, '../../../docs/shots/demo.svg');
    const drawn = readFileSync(picture, 'utf8')
      .replaceAll(/<[^>]*>/g, ' ')
      .replaceAll(/\s+/g, ' ');
    const { steps } = catalogue.en.demo;
    for (const { name, answer = '' } of scenes) {
      assert.ok(drawn.includes(steps[name]) && drawn.includes(answer), name);
    }
    assert.ok(drawn.includes('got $0.00'));
  });
});
