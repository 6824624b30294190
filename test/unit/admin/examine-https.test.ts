import assert from 'node:assert/strict';
import { examineInstallation } from '../../../src/admin/examine-installation.js';
import { loadConfig } from '../../../src/config/load.js';
import { writeFiles } from '../../support/certified-client.js';
import { localhostCertificate } from '../../support/localhost-certificate.js';

describe('what the doctor says of https', () => {
  let file: (name: string) => string;
  before(() => {
    file = writeFiles({ ...localhostCertificate, nothing: 'nothing' });
  });

  async function saidOf(env: Record<string, string>, now = '2026-01-01'): Promise<string> {
    const loaded = loadConfig({ env: { MANAGEMENT_PORT: '0', ...env }, readFile: () => '' });
    assert.ok(loaded.ok);
    const findings = await examineInstallation(loaded.config, [], Date.parse(now));
    const { state, says } = findings.find(({ name }) => name === 'https') ?? {};
    return `${state} ${says}`;
  }
  const served = (cert: string) => ({
    HOLDFAST_ISSUER: 'https://id.example',
    HOLDFAST_TLS_CERT: cert,
    HOLDFAST_TLS_KEY: file('key'),
  });

  it('is that no session is bound without it, and how to have it', async () => {
    assert.match(await saidOf({}), /^ok no, so no browser binds .*serve --tls/);
    assert.match(await saidOf({ HOLDFAST_TLS_LOCAL: 'true' }), /^ok for localhost/);
    assert.match(await saidOf({ HOLDFAST_ISSUER: 'https://id.example' }), /^ok by whoever is in front/);
  });

  it('is when the certificate ends: a warning for two weeks, then a failure', async () => {
    const cert = served(file('cert'));
    assert.match(await saidOf(cert), /^ok .*ends at Jan {2}1 00:00:00 2124 GMT/);
    assert.match(await saidOf(cert, '2123-12-19'), /^warning .*ends at/);
    assert.match(await saidOf(cert, '2124-01-01'), /^failure .*ended at/);
    assert.match(await saidOf(served(file('nothing'))), /^failure .*is no certificate/);
    assert.match(await saidOf(served(file('absent'))), /^failure .*can’t be read/);
  });
});
