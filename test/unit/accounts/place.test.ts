import { strict as assert } from 'node:assert';
import { openCountries } from '../../../src/accounts/place-database.js';
import { placeOf } from '../../../src/accounts/place.js';

describe('the place of an address', () => {
  const countryOf = openCountries();
  const own = [
    '127.0.0.1',
    '::1',
    '10.1.2.3',
    '192.168.0.9',
    '172.16.0.1',
    '169.254.7.7',
    'fe80::1',
    'fd00::1',
  ];

  for (const address of [...own, '::ffff:127.0.0.1', '100.64.0.1']) {
    it(`of ${address} is this network`, () => assert.equal(placeOf(address, countryOf), 'local'));
  }

  it('of a public address is a country', () => {
    assert.equal(placeOf('8.8.8.8', countryOf), 'US');
    assert.equal(placeOf('2001:4860:4860::8888', countryOf), 'US');
    assert.equal(placeOf('::ffff:8.8.8.8', countryOf), 'US');
  });

  it('is unknown for what is no address, or when the database does not know', () => {
    assert.equal(placeOf('', countryOf), undefined);
    assert.equal(placeOf('example.com', countryOf), undefined);
    assert.equal(
      placeOf('8.8.8.8', () => undefined),
      undefined,
    );
  });
});
