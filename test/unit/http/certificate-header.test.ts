import { strict as assert } from 'node:assert';
import { readCertificateHeader, type CertificateFormat } from '../../../src/http/certificate-header.js';
import { CertificateAuthority, type Identity } from '../../support/certificate-authority.js';

describe('a certificate in a proxy’s header', () => {
  let client: Identity;
  let intermediate: { readonly der: Buffer; readonly pem: string };
  before(async () => {
    const authority = await CertificateAuthority.create();
    client = await authority.issueBeneath();
    intermediate = { der: authority.intermediateDer, pem: authority.intermediatePem };
  });

  const leafPem = () => client.cert.split('\n-----BEGIN')[0] ?? '';
  const sequence = (der: Buffer) => `:${der.toString('base64')}:`;
  const inOneLine = (pem: string) => pem.trim().replaceAll('\n', ' ');
  const read = (value: string, format: CertificateFormat, chain?: string) =>
    readCertificateHeader(value, format, chain);

  it('is read as RFC 9440 writes it, with its chain', () => {
    const found = read(sequence(client.der), 'rfc9440', sequence(intermediate.der));
    assert.deepEqual(found?.leaf.raw, client.der);
    assert.deepEqual(
      found?.issuers.map(({ raw }) => raw),
      [intermediate.der],
    );
  });

  it('is read as nginx, AWS and Apache write PEM', () => {
    for (const written of [
      encodeURIComponent(leafPem()),
      // AWS leaves these three as they are.
      encodeURIComponent(leafPem()).replaceAll(/%(2B|2F|3D)/g, (each) => decodeURIComponent(each)),
      inOneLine(leafPem()),
    ]) {
      assert.deepEqual(read(written, 'pem')?.leaf.raw, client.der, written);
    }
    assert.equal(read(encodeURIComponent(client.cert), 'pem')?.issuers.length, 1);
  });

  it('is read as base64, and as Envoy writes it, whose chain begins with the certificate', () => {
    assert.deepEqual(read(client.der.toString('base64'), 'der')?.leaf.raw, client.der);
    const element =
      `By=spiffe://x;Hash=ab;Subject="CN=a\\"b,O=c";Cert="${encodeURIComponent(leafPem())}";` +
      `Chain="${encodeURIComponent(client.cert)}"`;
    const found = read(element, 'xfcc');
    assert.deepEqual(found?.leaf.raw, client.der);
    assert.deepEqual(
      found?.issuers.map(({ raw }) => raw),
      [intermediate.der],
    );
  });

  it('is none where the client wrote one before the proxy did, whatever the format', () => {
    const forged = {
      rfc9440: sequence(client.der),
      pem: encodeURIComponent(leafPem()),
      der: client.der.toString('base64'),
      xfcc: `Cert="${encodeURIComponent(leafPem())}"`,
    };
    for (const [format, value] of Object.entries(forged) as [CertificateFormat, string][]) {
      assert.ok(read(value, format), format);
      // Node joins two fields of one name so.
      assert.equal(read(`${value}, ${value}`, format), undefined, format);
      assert.equal(read(`${value},${value}`, format), undefined, format);
      assert.equal(read(`${value};${value}`, format), undefined, format);
    }
  });

  it('is none where anything is missing, cut short or of another format', () => {
    const pem = encodeURIComponent(leafPem());
    const der = client.der.toString('base64');
    const wrong: [string, CertificateFormat][] = [
      [der, 'rfc9440'],
      [`:${der}`, 'rfc9440'],
      [`:${der.slice(0, 100)}:`, 'rfc9440'],
      ['::', 'rfc9440'],
      [der, 'pem'],
      [pem, 'der'],
      [`${pem}%0Atrailing`, 'pem'],
      ['%E0%A4%A', 'pem'],
      [encodeURIComponent(intermediate.pem.replace('MII', 'MIJ')), 'pem'],
      [pem, 'xfcc'],
      ['Hash=ab', 'xfcc'],
      [`Cert="${pem}`, 'xfcc'],
      [`Cert="${encodeURIComponent(client.cert)}"`, 'xfcc'],
    ];
    for (const [value, format] of wrong) assert.equal(read(value, format), undefined, `${format} ${value}`);
  });
});
