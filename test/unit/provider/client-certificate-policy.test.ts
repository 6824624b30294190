import { strict as assert } from 'node:assert';
import { X509Certificate } from 'node:crypto';
import {
  certificateFault,
  isNamed,
  type SubjectProperty,
} from '../../../src/provider/client-certificate-policy.js';
import { isSubject } from '../../../src/provider/distinguished-name.js';
import { selfSigned, type Wish } from '../../support/certificate-authority.js';

const made = async (wish: Wish) => new X509Certificate((await selfSigned(wish)).der);

describe('a registered subject (RFC 8705 §2.1.2)', () => {
  it('is a distinguished name as RFC 4514 writes it, in any spelling of its types and escapes', async () => {
    const { subject } = await made({ subject: 'C=HK, O=Acme\\, Ltd., OU=Ops+L=Central, CN=Größe' });
    for (const name of [
      'CN=Größe,OU=Ops+L=Central,O=Acme\\, Ltd.,C=HK',
      'cn=Gr\\C3\\B6\\C3\\9Fe, l=Central+ou=Ops, o=Acme\\2C Ltd., c=HK',
      '2.5.4.3=Größe,2.5.4.11=Ops+2.5.4.7=Central,2.5.4.10=Acme\\, Ltd.,2.5.4.6=HK',
    ]) {
      assert.ok(isSubject(subject, name), name);
    }
  });

  it('is no other name: no part of it, no more, no other order, case, escape or type', async () => {
    const { subject } = await made({ subject: 'C=HK, O=Acme, CN=gateway' });
    assert.ok(isSubject(subject, 'CN=gateway,O=Acme,C=HK'));
    for (const name of [
      '',
      'CN=gateway',
      'CN=gateway,O=Acme',
      'CN=gateway,O=Acme,C=HK,C=HK',
      'C=HK,O=Acme,CN=gateway',
      'CN=Gateway,O=Acme,C=HK',
      'CN=gateway\\,O\\=Acme,C=HK',
      'OU=gateway,O=Acme,C=HK',
      'CN=#0c0767617465776179,O=Acme,C=HK',
      'CN=gateway,O=Acme,C=HK\\',
      'CN=,O=Acme,C=HK',
    ]) {
      assert.ok(!isSubject(subject, name), name);
    }
  });

  it('is not taken for a name that only looks so when it is written out', async () => {
    const tricky = await made({ subject: 'CN=gateway\\,O=Acme' });
    assert.ok(!isSubject(tricky.subject, 'CN=gateway,O=Acme'));
    assert.ok(!isSubject(tricky.subject, 'O=Acme,CN=gateway'));
    const lines = await made({ subject: 'CN=a\\0AO=Acme' });
    assert.ok(!isSubject(lines.subject, 'O=Acme,CN=a'));
  });

  it('is one of the alternative names, whole', async () => {
    const certificate = await made({
      names: [
        { type: 'dns', value: 'gateway.example' },
        { type: 'dns', value: '*.wild.example' },
        { type: 'url', value: 'spiffe://example/gateway' },
        { type: 'email', value: 'ops@example.test' },
        { type: 'ip', value: '2001:db8::1' },
        { type: 'url', value: 'urn:x, DNS:forged.example' },
      ],
    });
    const right: [SubjectProperty, string][] = [
      ['tls_client_auth_san_dns', 'Gateway.example'],
      ['tls_client_auth_san_uri', 'spiffe://example/gateway'],
      ['tls_client_auth_san_uri', 'urn:x, DNS:forged.example'],
      ['tls_client_auth_san_email', 'ops@example.test'],
      ['tls_client_auth_san_ip', '2001:db8:0::1'],
    ];
    for (const [property, name] of right) assert.ok(isNamed(certificate, property, name), name);
    const wrong: [SubjectProperty, string][] = [
      ['tls_client_auth_san_dns', 'example'],
      ['tls_client_auth_san_dns', '.example'],
      ['tls_client_auth_san_dns', 'a.wild.example'],
      ['tls_client_auth_san_dns', 'forged.example'],
      ['tls_client_auth_san_dns', 'spiffe://example/gateway'],
      ['tls_client_auth_san_uri', 'SPIFFE://example/gateway'],
      ['tls_client_auth_san_email', 'ops@example'],
      ['tls_client_auth_san_ip', '2001:db8::2'],
    ];
    for (const [property, name] of wrong) assert.ok(!isNamed(certificate, property, name), name);
  });
});

describe('a client certificate', () => {
  it('is one from its first to its last moment, and for a client', async () => {
    const [from, to] = [Date.parse('2030-01-01T00:00:00Z'), Date.parse('2030-06-01T00:00:00Z')];
    const dates = { notBefore: new Date(from), notAfter: new Date(to) };
    const plain = await made(dates);
    assert.match(certificateFault(plain, from - 1) ?? '', /not valid yet/);
    assert.equal(certificateFault(plain, from), undefined);
    assert.equal(certificateFault(plain, to), undefined);
    assert.match(certificateFault(plain, to + 1) ?? '', /expired/);
    assert.equal(certificateFault(await made({ ...dates, purposes: ['client', 'server'] }), from), undefined);
    assert.match(
      certificateFault(await made({ ...dates, purposes: ['server'] }), from) ?? '',
      /purpose|usage/,
    );
  });
});
