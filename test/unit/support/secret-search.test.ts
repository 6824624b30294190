import { strict as assert } from 'node:assert';
import { randomBytes } from 'node:crypto';
import { findSecrets } from '../../support/secret-search.js';

const secret = 'hldf_rt_p4 ss/w+örd"tail';
const key = randomBytes(32);

const formsFound = (value: string | Uint8Array, text: string) =>
  findSecrets([{ name: 'secret', value }], [{ name: 'log', text }]).map(({ form }) => form);

describe('the search for secrets', () => {
  it('finds a secret as it is, also inside JSON', () => {
    assert.deepEqual(formsFound(secret, `saw ${secret}!`), ['plain']);
    assert.deepEqual(formsFound(secret, JSON.stringify({ a: [secret] })), ['plain']);
  });

  it('finds it percent-encoded, as a URL or as a form', () => {
    assert.deepEqual(formsFound(secret, `/x?token=${encodeURIComponent(secret)}&y`), ['percent-encoded']);
    assert.deepEqual(formsFound(secret, new URLSearchParams({ token: secret }).toString()), [
      'percent-encoded',
    ]);
  });

  it('finds it in hex of either case, as databases print bytes', () => {
    const hex = Buffer.from(secret).toString('hex');
    assert.deepEqual(formsFound(secret, `\\x00${hex}ff`), ['hex']);
    assert.deepEqual(formsFound(secret, hex.toUpperCase()), ['hex']);
  });

  it('finds it in base64 and base64url, wherever it begins in something longer', () => {
    for (const before of ['', 'a', 'ab', 'abc', 'client:']) {
      for (const after of ['', 'z', 'yz']) {
        const whole = Buffer.from(before + secret + after);
        assert.equal(formsFound(secret, whole.toString('base64')).length, 1, `${before}|${after}`);
        assert.equal(formsFound(secret, whole.toString('base64url')).length, 1, `${before}|${after}`);
      }
    }
  });

  it('finds the bytes of a key, and a key that is known by its base64url', () => {
    assert.deepEqual(formsFound(key, key.toString('hex')), ['hex']);
    assert.ok(formsFound(key, `secret_key: ${key.toString('base64url')}`).length > 0);
    assert.deepEqual(formsFound(key.toString('base64url'), key.toString('hex')), ['hex']);
  });

  it('names the secret and the place, and finds nothing where nothing is', () => {
    const haystacks = [
      { name: 'metrics', text: 'holdfast_refusals_total 1' },
      { name: 'log', text: `x${secret}` },
    ];
    const secrets = [
      { name: 'refresh token', value: secret },
      { name: 'another', value: 'another secret' },
    ];
    assert.deepEqual(findSecrets(secrets, haystacks), [
      { secret: 'refresh token', place: 'log', form: 'plain' },
    ]);
  });

  it('refuses to search for what would be found by chance', () => {
    assert.throws(() => findSecrets([{ name: 'pin', value: '1234' }], []), /too short/);
  });
});
