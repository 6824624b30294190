import assert from 'node:assert/strict';
import { newAccessToken, newRefreshToken } from '../../../src/lib/opaque-token.js';
import { systemRandom } from '../../../src/lib/random.js';
import { readBoundToken } from '../../../src/gateway/authorization-header.js';

const token = newAccessToken(systemRandom, 1_800_000_000);

function codeOf(...fields: string[]): string {
  const outcome = readBoundToken(fields);
  return outcome.ok ? 'accepted' : outcome.refusal.code;
}

describe('reading the Authorization header', () => {
  it('takes a bound token, whatever the case of the scheme', () => {
    for (const scheme of ['DPoP', 'dpop', 'DPOP']) {
      assert.deepEqual(readBoundToken([`${scheme} ${token}`]), { ok: true, value: token });
    }
  });

  it('refuses every Bearer', () => {
    assert.equal(codeOf(`Bearer ${token}`), 'token_presented_as_bearer');
    assert.equal(codeOf(`bearer anything`), 'token_presented_as_bearer');
  });

  it('refuses a token of our shape with a wrong checksum, and a refresh token', () => {
    assert.equal(codeOf(`DPoP ${token.slice(0, -1)}_`), 'token_malformed');
    assert.equal(codeOf(`DPoP hldf_at_x`), 'token_malformed');
    assert.equal(codeOf(`DPoP ${newRefreshToken(systemRandom)}`), 'token_malformed');
  });

  it('refuses a token over 8192 characters', () => {
    assert.equal(codeOf(`DPoP ${'a'.repeat(8193)}`), 'token_malformed');
  });

  it('refuses two Authorization headers and what has no token', () => {
    assert.equal(codeOf(`DPoP ${token}`, `DPoP ${token}`), 'request_malformed');
    for (const field of ['', 'DPoP', 'DPoP ', `DPoP ${token} x`, `DPoP ${token},DPoP x`, 'DPoP a"b']) {
      assert.equal(codeOf(field), 'request_malformed', field);
    }
  });

  it('asks for a token where there is none of a scheme that it takes', () => {
    assert.equal(codeOf(), 'token_missing');
    assert.equal(codeOf('Basic dXNlcjpwYXNz'), 'token_missing');
  });
});
