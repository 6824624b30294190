import assert from 'node:assert/strict';
import { passChallenge, toChallenge } from '../../../src/gateway/challenge.js';
import { refusals, type RefusalCode } from '../../../src/lib/refusal.js';

const resourceMetadata = 'https://api.example/.well-known/oauth-protected-resource';
const context = { nonce: 'n-1', scope: ['models:call'], resourceMetadata };
const last = `algs="ES256 EdDSA Ed25519", resource_metadata="${resourceMetadata}"`;

describe('the challenge of a resource server', () => {
  it('names the error and the algorithms, and gives a nonce (RFC 9449 §7.1, §9)', () => {
    const { status, headers } = toChallenge({ code: 'nonce_required' }, context);
    assert.equal(status, 401);
    assert.match(headers['www-authenticate'] ?? '', /^DPoP error="use_dpop_nonce", /);
    assert.ok(headers['www-authenticate']?.endsWith(last));
    assert.equal(headers['dpop-nonce'], 'n-1');
  });

  it('answers every fault of a proof with 401', () => {
    const faults = Object.keys(refusals).filter((code) => code.startsWith('proof_')) as RefusalCode[];
    assert.ok(faults.length > 5);
    for (const code of faults) {
      const { status, headers } = toChallenge({ code }, context);
      assert.equal(status, 401, code);
      assert.match(headers['www-authenticate'] ?? '', /error="invalid_dpop_proof"/);
    }
  });

  it('names no error where there were no credentials (RFC 6750 §3.1)', () => {
    const { headers } = toChallenge({ code: 'token_missing' }, context);
    assert.equal(headers['www-authenticate'], `DPoP ${last}`);
  });

  it('names the scope that is missing', () => {
    const { status, headers } = toChallenge({ code: 'scope_insufficient' }, context);
    assert.equal(status, 403);
    assert.match(headers['www-authenticate'] ?? '', /error="insufficient_scope".*scope="models:call"/);
  });

  it('points at the metadata of the resource', () => {
    for (const code of ['token_inactive', 'scope_insufficient', 'nonce_required'] as const) {
      const { headers } = toChallenge({ code }, context);
      assert.ok(headers['www-authenticate']?.includes(`resource_metadata="${resourceMetadata}"`), code);
    }
  });

  it('says when to come back, and challenges nobody, when the authorization server is away', () => {
    const { status, headers } = toChallenge({ code: 'authorization_server_unavailable' }, context);
    assert.equal(status, 503);
    assert.equal(headers['retry-after'], '1');
    assert.equal(headers['www-authenticate'], undefined);
  });

  it('is never cached and never carries the detail', () => {
    for (const code of Object.keys(refusals) as RefusalCode[]) {
      const challenge = toChallenge({ code, detail: 'the-detail' }, context);
      assert.equal(challenge.headers['cache-control'], 'no-store');
      assert.ok(!JSON.stringify(challenge).includes('the-detail'));
    }
  });

  it('asks for a scope only where one is missing', () => {
    const { headers } = toChallenge({ code: 'model_of_no_tier' }, context);
    assert.ok(!headers['www-authenticate']?.includes('scope='));
  });
});

describe('a challenge of the authorization server', () => {
  const ready = { status: 403, authenticate: 'DPoP error="x"', body: { error: 'x', more: [1] } } as const;

  it('is passed on with our nonce, and with our metadata where it names none', () => {
    const passed = passChallenge(ready, context);
    assert.deepEqual(passed, {
      status: 403,
      error: 'x',
      description: 'x',
      body: ready.body,
      headers: {
        'cache-control': 'no-store',
        'dpop-nonce': 'n-1',
        'www-authenticate': `DPoP error="x", resource_metadata="${resourceMetadata}"`,
      },
    });
    const named = { ...ready, authenticate: 'DPoP error="x", resource_metadata="https://there.example"' };
    const whole = passChallenge(named, context).headers['www-authenticate'];
    assert.equal(whole, named.authenticate);
  });
});
