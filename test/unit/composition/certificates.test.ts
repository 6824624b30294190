import assert from 'node:assert/strict';
import { demandInTime, readAuthorities, readTls } from '../../../src/composition/certificates.js';
import { CertificateAuthority } from '../../support/certificate-authority.js';
import { writeFiles } from '../../support/certified-client.js';
import { localhostCertificate } from '../../support/localhost-certificate.js';

describe('the files of certificates', () => {
  let file: (name: string) => string;
  let foreign: string;
  before(async () => {
    const authority = await CertificateAuthority.create();
    foreign = (await authority.issue()).key;
    file = writeFiles({
      ...localhostCertificate,
      foreign,
      ca: `first\n${authority.rootPem}\nsecond\n${authority.intermediatePem}\n`,
      broken: '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n',
    });
  });

  it('are read where they are named', () => {
    assert.equal(readTls({ local: false }), undefined);
    assert.deepEqual(readAuthorities(undefined), []);
    const { cert, key } = localhostCertificate;
    assert.deepEqual(readTls({ cert: file('cert'), key: file('key'), local: false }), { cert, key });
    assert.equal(readAuthorities(file('ca')).length, 2);
  });

  it('keep the server from starting where they are not what they should be, and the setting is named', () => {
    const named = (setting: string, why: RegExp) => (error: Error) =>
      error.name === 'CertificatesUnusable' && error.message.startsWith(setting) && why.test(error.message);
    const tls = (key: string, cert = 'cert') => readTls({ cert: file(cert), key: file(key), local: false });
    assert.throws(() => tls('none'), named('tls.key', /no such file/));
    assert.throws(() => tls('foreign'), named('tls.cert', /do not fit together/));
    assert.throws(() => tls('key', 'key'), named('tls.cert', /fit/));
    assert.throws(() => readAuthorities(file('key')), named('mtls.client_ca', /no certificate/));
    assert.throws(() => readAuthorities(file('broken')), named('mtls.client_ca', /can’t be read/));
    const early = () => demandInTime(localhostCertificate, Date.parse('2023-12-31'));
    assert.throws(early, named('tls.cert', /begins only/));
    const late = () => demandInTime(localhostCertificate, Date.parse('2124-01-02'));
    assert.throws(late, named('tls.cert', /ended/));
  });
});
