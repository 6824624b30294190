import assert from 'node:assert/strict';
import { openCertificates } from '../../../src/composition/certificates.js';
import type { Config } from '../../../src/config/schema.js';
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

  const open = (tls: Config['tls'], clientCa?: string) =>
    openCertificates({ tls, mtls: { client_ca: clientCa } as Config['mtls'] });

  it('are read where they are named', () => {
    assert.deepEqual(open({}), { tls: undefined, clientAuthorities: [] });
    const { tls, clientAuthorities } = open({ cert: file('cert'), key: file('key') }, file('ca'));
    assert.deepEqual(tls, { cert: localhostCertificate.cert, key: localhostCertificate.key });
    assert.equal(clientAuthorities.length, 2);
  });

  it('keep the server from starting where they are not what they should be, and the setting is named', () => {
    const named = (setting: string, why: RegExp) => (error: Error) =>
      error.name === 'CertificatesUnusable' && error.message.startsWith(setting) && why.test(error.message);
    const cert = file('cert');
    assert.throws(() => open({ cert, key: file('none') }), named('tls.key', /no such file/));
    assert.throws(() => open({ cert, key: file('foreign') }), named('tls.cert', /do not fit together/));
    assert.throws(() => open({ cert: file('key'), key: file('key') }), named('tls.cert', /fit/));
    assert.throws(() => open({}, file('key')), named('mtls.client_ca', /no certificate/));
    assert.throws(() => open({}, file('broken')), named('mtls.client_ca', /can’t be read/));
  });
});
