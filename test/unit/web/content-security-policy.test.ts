import assert from 'node:assert/strict';
import { contentSecurityPolicy, formTarget } from '../../../src/web/content-security-policy.js';

describe('the policy of a page', () => {
  it('allows no inline script, no frame, nothing from elsewhere', () => {
    const policy = contentSecurityPolicy();
    assert.match(policy, /default-src 'none'/);
    assert.match(policy, /script-src 'self';/);
    assert.match(policy, /frame-ancestors 'none'/);
    assert.match(policy, /base-uri 'none'/);
    assert.match(policy, /form-action 'self';/);
    assert.ok(!policy.includes('unsafe'));
  });

  it('lets a form lead to the client that it ends at', () => {
    assert.match(
      contentSecurityPolicy(['https://app.example']),
      /form-action 'self' https:\/\/app\.example;/,
    );
  });

  const targets: [string, string | undefined][] = [
    ['https://app.example/callback?x=1', 'https://app.example'],
    ['https://app.example:8443/', 'https://app.example:8443'],
    ['http://127.0.0.1:41234/callback', 'http://127.0.0.1:41234'],
    ['http://[::1]:41234/callback', 'http:'],
    ['com.example.app:/callback', 'com.example.app:'],
    ['no address', undefined],
  ];
  for (const [uri, expected] of targets) {
    it(`names ${expected} for ${uri}`, () => assert.equal(formTarget(uri), expected));
  }
});
