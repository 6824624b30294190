import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { ProxyDesk } from '../support/proxy-desk.js';

const run = promisify(execFile);
const curl = process.env['TEST_CURL_BIN'] ?? '/usr/bin/curl';

describe('curl, unmodified, through holdfast proxy', () => {
  let desk: ProxyDesk;
  afterEach(() => desk.close());

  /** Status of the answer, then its body. */
  const ask = async (...more: string[]): Promise<string> => {
    const url = `${desk.origin}/v1/chat/completions`;
    const { stdout } = await run(curl, [
      '-sS',
      '-w',
      '\n%{http_code}',
      '--json',
      '{"model":"m"}',
      ...more,
      url,
    ]);
    return stdout;
  };

  it('is served with the secret of this start, and its call goes on with a proof', async () => {
    desk = await ProxyDesk.open();
    desk.answer = (_, response) => void response.end('{"served":true}');
    assert.equal(await ask('-H', `Authorization: Bearer ${desk.secret}`), '{"served":true}\n200');
    const [arrived] = desk.arrivals;
    assert.equal(arrived?.url, '/v1/chat/completions');
    assert.match(String(arrived.headers.authorization), /^DPoP /);
    assert.ok(arrived.headers['dpop']);
  });

  it('is refused without it, and nothing goes on', async () => {
    desk = await ProxyDesk.open();
    assert.match(await ask(), /\n401$/);
    assert.match(await ask('-H', 'Authorization: Bearer guessed'), /\n401$/);
    assert.match(
      await ask('-H', `Authorization: Bearer ${desk.secret}`, '-H', 'Host: evil.example'),
      /\n421$/,
    );
    assert.deepEqual(desk.arrivals, []);
  });
});
