import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { ChildProgram } from '../support/child-program.js';
import { eventOf, events, json } from '../support/fake-model-provider.js';
import { findSecrets, type Haystack } from '../support/secret-search.js';
import { origin, providerKey, StandaloneDesk, type Told } from '../support/standalone-desk.js';
import type { CallerTask } from '../support/programs/call-gateway.js';

const chat = '/v1/chat/completions';
const body = { model: 'gpt-test', messages: [{ role: 'user', content: 'hello' }] };

/** Ways in which a provider, or what stands before it, gives away whose key it was asked with. */
const indiscretions: Readonly<Record<string, (response: ServerResponse) => void>> = {
  'an error that repeats it': (response) =>
    json(response, { error: { message: `bad key ${providerKey}` } }, 400),
  'an error that repeats it cut short': (response) =>
    json(response, { error: { message: 'Incorrect API key: sk-prov*****Zq0 of org-acme1234' } }, 429),
  'a refusal of it': (response) =>
    json(response, { error: { message: `Incorrect API key: ${providerKey}` } }, 401),
  'a ban of it': (response) => json(response, { error: { message: `No access for ${providerKey}` } }, 403),
  'a redirect that carries it': (response) =>
    response.writeHead(307, { location: `/v1/elsewhere?key=${providerKey}` }).end(),
  'fields that repeat it': (response) =>
    response
      .writeHead(200, {
        'content-type': `application/json; key=${providerKey}`,
        'set-cookie': `session=${providerKey}`,
        'x-api-key': providerKey,
        'openai-organization': 'org-acme1234',
        'www-authenticate': `Bearer realm="${providerKey}"`,
        authorization: `Bearer ${providerKey}`,
      })
      .end('{}'),
  'an answer that repeats it': (response) =>
    json(response, { echo: { authorization: `Bearer ${providerKey}` } }),
  'a stream that repeats it': (response) => events(response, [{ echo: providerKey }, '[DONE]']),
  'an end in the middle': (response) => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': 900 });
    response.write(providerKey, () => response.destroy());
  },
};

const secrets = [{ name: 'the key of the provider', value: providerKey }];

/** Law 7, and what the gateway is for: whoever has the provider's key needs no token any more. */
describe('threat 35: the key of the provider behind the standalone gateway', () => {
  let desk: StandaloneDesk;
  before(async () => {
    desk = await StandaloneDesk.open({ now: Date.now() });
  });
  after(() => desk.close());

  const written = ({ status, headers, text }: Told): string => JSON.stringify([status, headers, text]);

  for (const [name, answer] of Object.entries(indiscretions)) {
    it(`reaches no client and no log by ${name}`, async () => {
      desk.provider.answer = answer;
      const told = await desk
        .call(chat, body)
        .then(written)
        .catch(() => 'broken off');
      assert.ok(desk.provider.last.headers.authorization?.endsWith(providerKey));
      const places: Haystack[] = [
        { name: 'the answer', text: told },
        { name: 'the log', text: desk.log.join('') },
        { name: 'what is reported', text: JSON.stringify([desk.issuer.calls, await desk.reports()]) },
      ];
      assert.deepEqual(findSecrets(secrets, places), []);
      for (const sign of ['set-cookie', 'location', 'org-acme1234', 'sk-prov', 'Bearer realm']) {
        assert.equal(told.includes(sign), false, `${sign} in ${told}`);
      }
      // What the provider thinks of the gateway is no challenge to the client.
      assert.doesNotMatch(told, /^\[(307|401|403),/);
    });
  }

  it('reaches no client by a stream that repeats it in two pieces', async () => {
    const half = 9;
    let provider: ServerResponse | undefined;
    desk.provider.answer = (response) => {
      provider = response;
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(`data: ${providerKey.slice(0, half)}`);
    };
    const answer = await desk.open(chat, body);
    const [first] = (await once(answer, 'data')) as [Buffer];
    assert.equal(first.toString(), 'data: ');
    provider?.end(`${providerKey.slice(half)}\n\n${eventOf('[DONE]')}`);
    assert.equal(await text(answer), `${'*'.repeat(providerKey.length)}\n\n${eventOf('[DONE]')}`);
  });

  it('is not in the memory of a client that was told all of this', async function () {
    this.timeout(60_000);
    const ways = Object.values(indiscretions).slice(0, -1);
    let turn = 0;
    desk.provider.answer = (response) => ways[turn++ % ways.length]?.(response);
    const snapshot = path.join(desk.folder, 'client.heapsnapshot');
    const task: CallerTask = {
      address: desk.address,
      origin,
      token: desk.token,
      target: chat,
      body: JSON.stringify(body),
      calls: ways.length,
      snapshot,
    };
    const client = new ChildProgram('call-gateway', [JSON.stringify(task)]);
    desk.decides({ decision: 'allow' }, await client.line());
    const answers: (string | undefined)[] = [];
    for (let count = 0; count < ways.length; count += 1) answers.push(await client.line());
    assert.deepEqual(answers, ['400', '429', '502', '502', '502', '200', '200', '200']);
    assert.equal(await client.line(), String(ways.length + 1));
    await client.kill();
    const memory = { name: 'the memory', text: readFileSync(snapshot, 'utf8') };
    // What the client does hold is found there.
    assert.equal(findSecrets([{ name: 'its token', value: desk.token }], [memory]).length > 0, true);
    assert.deepEqual(findSecrets(secrets, [memory]), []);
  });

  it('stands on no command line, in no start message and in no refusal to start', async () => {
    const run = (args: readonly string[], env: Record<string, string>): Promise<string> =>
      new Promise((resolve) => {
        const holdfast = path.resolve(import.meta.dirname, '../../../bin/holdfast');
        const all = [holdfast, 'gateway', ...args];
        const PATH = process.env['PATH'] ?? '';
        execFile(process.execPath, all, { env: { PATH, ...env } }, (_, out, err) => resolve(out + err));
      });
    const broken = desk.write('broken.key', `${providerKey}\nand more`);
    const told = [
      await run(['--upstream', 'https://models.example'], { HOLDFAST_UPSTREAM_KEY: providerKey }),
      await run(
        ['--upstream', desk.provider.url, '--issuer', desk.issuer.issuer, '--resource', `${origin}/`].concat([
          '--client-id',
          'gateway',
          '--key-file',
          broken,
        ]),
        { HOLDFAST_CLIENT_SECRET: 'secret of the gateway' },
      ),
    ];
    assert.match(told[0] ?? '', /--issuer .* is missing/);
    assert.match(told[1] ?? '', /--key-file: the key must be one line/);
    assert.deepEqual(findSecrets(secrets, [{ name: 'start', text: told.join('') }]), []);
    const help = await run(['--help'], {});
    assert.doesNotMatch(help, /--(upstream-)?key <|--client-secret </);
  });
});
