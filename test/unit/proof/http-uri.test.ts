import assert from 'node:assert/strict';
import { externalUrl, normaliseHttpUri } from '../../../src/proof/http-uri.js';

describe('comparing addresses', () => {
  for (const [uri, normal] of [
    ['https://api.example', 'https://api.example/'],
    ['HTTPS://API.EXAMPLE:443/a', 'https://api.example/a'],
    ['http://api.example:80/a', 'http://api.example/a'],
    ['http://api.example:8080/a', 'http://api.example:8080/a'],
    ['https://api.example/a/./b/../c', 'https://api.example/a/c'],
    ['https://api.example/%7euser/%2f%C3%a9', 'https://api.example/~user/%2F%C3%A9'],
    ['https://api.example/a?b#c', 'https://api.example/a'],
    ['http://[::1]:6181/v1', 'http://[::1]:6181/v1'],
  ] as const) {
    it(`reads ${uri} as ${normal}`, () => assert.equal(normaliseHttpUri(uri), normal));
  }

  for (const uri of [
    '',
    'api.example/a',
    'ftp://a/',
    'https://',
    'https:///a',
    'https://a b/',
    'https://a/%zz',
    'https://a\\b',
    'https://u:p@a/',
    'https://ä.example/',
    'https://a:99999/',
    'javascript:alert(1)',
  ]) {
    it(`takes ${JSON.stringify(uri)} for no address`, () => assert.equal(normaliseHttpUri(uri), undefined));
  }

  it('keeps the configured origin whatever the request line says', () => {
    assert.equal(externalUrl('https://api.example/ignored', '/v1?x=1'), 'https://api.example/v1?x=1');
    assert.equal(
      externalUrl('https://api.example', '//evil.example/v1'),
      'https://api.example//evil.example/v1',
    );
    assert.equal(externalUrl('https://api.example', 'https://evil.example/v1'), undefined);
    assert.equal(externalUrl('https://api.example', '*'), undefined);
  });
});
