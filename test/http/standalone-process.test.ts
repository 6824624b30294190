import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { freePort } from '../../examples/support/free-port.js';
import { eventOf, json } from '../support/fake-model-provider.js';
import { RunningProcess } from '../support/server-process.js';
import { origin, providerKey, StandaloneDesk } from '../support/standalone-desk.js';

const chat = '/v1/chat/completions';
const body = { model: 'gpt-test', messages: [{ role: 'user', content: 'hello' }] };

describe('the process of holdfast gateway', function () {
  this.timeout(60_000);
  let desk: StandaloneDesk;
  before(async () => {
    desk = await StandaloneDesk.open({ now: Date.now() });
  });
  after(() => desk.close());

  const start = (args: readonly string[], env: Record<string, string> = {}): RunningProcess => {
    const root = path.resolve(import.meta.dirname, '../../..');
    const all = ['--enable-source-maps', path.join(root, 'bin/holdfast'), 'gateway', ...args];
    const [PATH, folder] = [process.env['PATH'] ?? '', process.env['NODE_V8_COVERAGE']];
    const coverage = folder === undefined ? {} : { NODE_V8_COVERAGE: folder };
    return new RunningProcess(spawn(process.execPath, all, { env: { PATH, ...coverage, ...env } }));
  };

  it('takes its settings from the environment, a new key from the file, and drains on SIGTERM', async () => {
    const [port, management] = [await freePort(), await freePort()];
    const keyFile = desk.write('provider.key', `${providerKey}\n`);
    const running = start([], {
      HOLDFAST_UPSTREAM: desk.provider.url,
      HOLDFAST_UPSTREAM_KEY_FILE: keyFile,
      HOLDFAST_ISSUER: desk.issuer.issuer,
      HOLDFAST_RESOURCE: `${origin}/`,
      HOLDFAST_CLIENT_ID: 'gateway',
      HOLDFAST_CLIENT_SECRET: 'secret of the gateway',
      PORT: String(port),
      MANAGEMENT_PORT: String(management),
    });
    const failed = running.finished.then(({ stderr }) => assert.fail(stderr));
    await Promise.race([running.waitFor(/ {2}management /), failed]);
    failed.catch(() => {});
    const there = { at: `http://127.0.0.1:${port}` };
    desk.provider.answer = (response) => json(response, {});
    assert.equal((await desk.call(chat, body, there)).status, 200);
    assert.equal(desk.provider.last.headers.authorization, `Bearer ${providerKey}`);
    desk.write('provider.key', 'the-next-key');
    assert.equal((await desk.call(chat, body, there)).status, 200);
    assert.equal(desk.provider.last.headers.authorization, 'Bearer the-next-key');

    let provider: ServerResponse | undefined;
    desk.provider.answer = (response) => {
      provider = response;
      response.writeHead(200, { 'content-type': 'text/event-stream' }).write(eventOf({ choices: [] }));
    };
    const answer = await desk.open(chat, { ...body, stream: true }, there);
    await once(answer, 'data');
    const finished = running.stop('SIGTERM');
    await running.waitFor(/draining/);
    provider?.end(eventOf('[DONE]'));
    assert.equal(await text(answer), eventOf('[DONE]'));
    const { code, stdout } = await finished;
    assert.equal(code, 0);
    assert.match(stdout, /stopped/);
    assert.match(readFileSync(keyFile, 'utf8'), /the-next-key/);
  });

  it('says everything that is missing, and leaves with 2', async () => {
    const { code, stderr } = await start(['--upstream', 'nowhere']).finished;
    assert.equal(code, 2);
    for (const says of [
      /--issuer/,
      /--resource/,
      /--client-id/,
      /--key-file/,
      /--upstream: it must be an address/,
    ]) {
      assert.match(stderr, says);
    }
  });
});
