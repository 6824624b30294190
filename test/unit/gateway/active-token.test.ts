import assert from 'node:assert/strict';
import { readActiveToken } from '../../../src/gateway/active-token.js';

const context = { issuer: 'https://id.example', resource: 'https://api.example/v1' };
const answer = {
  active: true,
  client_id: 'app',
  sub: 'person',
  aud: context.resource,
  scope: 'models:call models:read',
  token_type: 'DPoP',
  cnf: { jkt: 'thumb' },
  acr: 'urn:holdfast:acr:phr',
  auth_time: 5,
  exp: 9,
};

describe('reading an introspection answer', () => {
  it('keeps what the gateway decides by', () => {
    assert.deepEqual(readActiveToken(answer, context), {
      ok: true,
      value: {
        clientId: 'app',
        subject: 'person',
        jkt: 'thumb',
        audiences: [context.resource],
        scopes: new Set(['models:call', 'models:read']),
        acr: 'urn:holdfast:acr:phr',
        authenticatedAt: 5,
        expiresAt: 9,
      },
    });
  });

  it('accepts one audience among several, and the issuer that it expects', () => {
    const aud = ['https://other.example', context.resource];
    assert.ok(readActiveToken({ ...answer, aud, iss: context.issuer }, context).ok);
  });

  for (const [name, change] of Object.entries({
    'an inactive token': { active: false },
    'an answer whose active is a word': { active: 'true' },
    'another audience': { aud: 'https://other.example' },
    'an audience that only begins like ours': { aud: `${context.resource}/more` },
    'no audience': { aud: undefined },
    'another issuer': { iss: 'https://evil.example' },
    'no key': { cnf: undefined },
    'a key of another kind': { cnf: { 'x5t#S256': 'thumb' } },
    'an empty key': { cnf: { jkt: '' } },
    'no client': { client_id: undefined },
  })) {
    it(`refuses ${name}`, () => {
      const outcome = readActiveToken({ ...answer, ...change }, context);
      assert.equal(outcome.ok ? 'accepted' : outcome.refusal.code, 'token_inactive');
    });
  }
});
