import { strict as assert } from 'node:assert';
import { randomBytes } from 'node:crypto';
import { fromBase62, randomBase62, toBase62 } from '../../../src/lib/base62.js';
import {
  bucketOf,
  newAccessToken,
  newRefreshToken,
  parseOpaqueToken,
} from '../../../src/lib/opaque-token.js';

const random = { bytes: (length: number) => randomBytes(length) };

describe('opaque tokens', () => {
  it('carry the hour in which they expire', () => {
    const expiresAt = 1_900_000_123;
    const token = newAccessToken(random, expiresAt);
    assert.match(token, /^hldf_at_[0-9A-Za-z]{35}$/);
    assert.deepEqual(parseOpaqueToken(token), { kind: 'access_token', bucket: bucketOf(expiresAt) });
  });

  it('tell an access token from a refresh token by their prefix', () => {
    const token = newRefreshToken(random);
    assert.match(token, /^hldf_rt_[0-9A-Za-z]{30}$/);
    assert.deepEqual(parseOpaqueToken(token), { kind: 'refresh_token' });
  });

  it('hold at least 128 random bits: no two of ten thousand are equal, and every character varies', () => {
    const tokens = Array.from({ length: 10_000 }, () => newRefreshToken(random));
    assert.equal(new Set(tokens).size, tokens.length);
    assert.ok(24 * Math.log2(62) >= 128);
  });

  it('are malformed when any single character is changed', () => {
    const token = newAccessToken(random, 1_900_000_000);
    for (let index = 0; index < token.length; index += 1) {
      const other = token[index] === 'x' ? 'y' : 'x';
      assert.equal(
        parseOpaqueToken(token.slice(0, index) + other + token.slice(index + 1)),
        undefined,
        `at ${index}`,
      );
    }
  });

  for (const malformed of [
    '',
    'hldf_at_',
    'hldf_at_000000',
    'Bearer x',
    'x'.repeat(100_000),
    'hldf_key_aaaaaaaa',
    '\u0000',
  ]) {
    it(`are not ${JSON.stringify(malformed.slice(0, 20))}`, () => {
      assert.equal(parseOpaqueToken(malformed), undefined);
    });
  }
});

describe('base62', () => {
  it('gives back the number that it wrote', () => {
    for (const value of [0, 1, 61, 62, 527_777, 62 ** 5 - 1])
      assert.equal(fromBase62(toBase62(value, 5)), value);
  });

  it('refuses a number that does not fit and a foreign character', () => {
    assert.throws(() => toBase62(62 ** 5, 5), RangeError);
    assert.equal(fromBase62('ab-c'), undefined);
  });

  it('draws every character about equally often, so that no bits are lost to rounding', () => {
    const counts = new Map<string, number>();
    const drawn = randomBase62(random, 62_000);
    for (const character of drawn) counts.set(character, (counts.get(character) ?? 0) + 1);
    assert.equal(counts.size, 62);
    for (const count of counts.values()) assert.ok(count > 800 && count < 1200, `${count} of about 1000`);
  });
});
