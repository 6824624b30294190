import { strict as assert } from 'node:assert';
import { newAccessToken, newRefreshToken } from '../../../src/lib/opaque-token.js';
import { systemRandom } from '../../../src/lib/random.js';
import { createLogger, type Logger } from '../../../src/observability/logger.js';

const accessToken = newAccessToken(systemRandom, 2_000_000_000);
const refreshToken = newRefreshToken(systemRandom);
const jwt = 'eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJhY2NfMSJ9.c2lnbmF0dXJlLW9mLXRoZS10b2tlbg';
const secret = 'correct-horse-battery';

function capture(): { lines: string[]; logger: Logger } {
  const lines: string[] = [];
  return { lines, logger: createLogger({ log_level: 'debug' }, { write: (line) => lines.push(line) }) };
}

describe('the logger', () => {
  it('writes one JSON object per line, with level, time and facts', () => {
    const { lines, logger } = capture();
    logger.info({ route: '/token', status: 200 }, 'request');
    const line = JSON.parse(lines[0] ?? '') as Record<string, unknown>;
    assert.equal(line['level'], 'info');
    assert.equal(line['route'], '/token');
    assert.equal(line['msg'], 'request');
    assert.match(String(line['time']), /^\d{4}-\d\d-\d\dT/);
  });

  it('never logs the fields that hold credentials, however deep', () => {
    const { lines, logger } = capture();
    const headers = { Authorization: `Basic ${secret}`, DPoP: secret, Cookie: secret, 'set-cookie': secret };
    logger.info({ ...headers, request: { deep: { ...headers, client_secret: secret } } }, 'request');
    logger.info(
      { body: { token: secret }, list: [{ code_verifier: secret }], buffer: Buffer.from(secret) },
      'body',
    );
    assert.equal(lines.length, 2);
    for (const line of lines) assert.ok(!line.includes(secret), line);
    assert.ok(!lines.join('').includes(Buffer.from(secret).toString('base64')));
  });

  it('scrubs what has the shape of a credential from any text: messages, fields, errors and their causes', () => {
    const { lines, logger } = capture();
    const cause = Object.assign(new Error(`insert failed for ${refreshToken}`), {
      parameters: [secret],
      code: '23505',
    });
    logger.error(
      { err: new Error(`proof ${jwt} refused`, { cause }), at: `/x?code=${secret}&a=b` },
      `saw ${accessToken}`,
    );
    logger.info(`Authorization: Basic ${Buffer.from(`client:${secret}`).toString('base64')}`);
    logger.info(`postgres://holdfast:${secret}@db/holdfast is away`);
    const text = lines.join('');
    for (const hidden of [
      accessToken,
      refreshToken,
      jwt,
      secret,
      Buffer.from(`client:${secret}`).toString('base64'),
    ]) {
      assert.ok(!text.includes(hidden), `${hidden} in ${text}`);
    }
    const error = (JSON.parse(lines[0] ?? '') as { err: { cause: { code: string; stack: string } } }).err;
    assert.equal(error.cause.code, '23505');
    assert.match(error.cause.stack, /insert failed for \[token\]/);
  });
});
