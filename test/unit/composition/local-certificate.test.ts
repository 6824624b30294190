import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { connect, createServer } from 'node:tls';
import { ensureLocalCertificate } from '../../../src/composition/local-certificate.js';
import { localCertificateFiles } from '../../../src/config/data-folder.js';
import { systemClock } from '../../../src/lib/clock.js';
import { systemRandom } from '../../../src/lib/random.js';
import { CertificateAuthority } from '../../support/certificate-authority.js';

const day = 86_400_000;

describe('the certificate for localhost', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'local-certificate-'));
  after(() => rmSync(folder, { recursive: true }));
  const config = { data_dir: folder };
  const files = localCertificateFiles(config);
  let daysLater = 0;
  const clock = { now: () => systemClock.now() + daysLater * day };
  const ensure = () => ensureLocalCertificate({ config, clock, random: systemRandom });

  it('is made with an authority that no other user can read the key of', async () => {
    const { tls, authority, made } = await ensure();
    assert.equal(made, true);
    assert.equal(readFileSync(files.authority, 'utf8'), authority);
    for (const file of [files.authorityWithKey, files.leaf]) assert.equal(statSync(file).mode & 0o777, 0o600);
    assert.equal(statSync(files.folder).mode & 0o777, 0o700);
    const [leaf, root] = [new X509Certificate(tls.cert), new X509Certificate(authority)];
    assert.ok(leaf.checkIssued(root) && leaf.verify(root.publicKey) && root.ca && !leaf.ca);
    assert.equal(leaf.subjectAltName, 'DNS:localhost, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1');
    assert.ok(!/PRIVATE/.test(authority));
  });

  it('is kept over a restart, and renewed by the same authority ten days before its end', async () => {
    const first = await ensure();
    daysLater = 19;
    assert.deepEqual(await ensure(), { ...first, made: false });
    daysLater = 21;
    const second = await ensure();
    assert.notEqual(second.tls.cert, first.tls.cert);
    assert.notEqual(second.tls.key, first.tls.key);
    assert.equal(second.authority, first.authority);
    assert.equal(second.made, false);
  });

  it('is made anew where its file is damaged, and where another authority signed it', async () => {
    const first = await ensure();
    writeFileSync(files.leaf, readFileSync(files.leaf, 'utf8').slice(0, -60));
    const second = await ensure();
    assert.notEqual(second.tls.cert, first.tls.cert);
    rmSync(files.authorityWithKey);
    const third = await ensure();
    assert.equal(third.made, true);
    assert.ok(new X509Certificate(third.tls.cert).verify(new X509Certificate(third.authority).publicKey));
    assert.equal(readFileSync(files.authority, 'utf8'), third.authority);
  });

  /** What a client that trusts the authority says of a server by this name, with a certificate that its key signed. */
  async function judged(name: string): Promise<string> {
    const { authority } = await ensure();
    const stolen = await CertificateAuthority.of(authority, readFileSync(files.authorityWithKey, 'utf8'));
    const { cert, key } = await stolen.issue({ names: [{ type: 'dns', value: name }] });
    const server = createServer({ cert, key }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const socket = connect({ port, host: '127.0.0.1', servername: name, ca: authority });
    try {
      await once(socket, 'secureConnect');
      return 'taken';
    } catch (error) {
      return (error as Error).message;
    } finally {
      socket.destroy();
      server.close();
    }
  }

  it('has an authority that nobody believes of another site, whoever holds its key', async () => {
    daysLater = 0;
    rmSync(files.folder, { recursive: true, force: true });
    assert.equal(await judged('localhost'), 'taken');
    assert.equal(await judged('bank.example'), 'permitted subtree violation');
  });
});
