import { strict as assert } from 'node:assert';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { connect } from 'node:tls';
import { freePort } from '../../examples/support/free-port.js';
import { CertificateAuthority, type Identity } from '../support/certificate-authority.js';
import { postOverTls, writeFiles } from '../support/certified-client.js';
import { gatewayA, testClients } from '../support/clients.js';
import { startHoldfast, type Holdfast } from '../support/harness.js';

describe('certificates that change while the server runs', () => {
  let holdfast: Holdfast;
  let servers: CertificateAuthority;
  let partners: [CertificateAuthority, CertificateAuthority];
  let file: (name: string) => string;
  const server = () => servers.issue({ names: [{ type: 'dns', value: 'localhost' }] });

  before(async () => {
    servers = await CertificateAuthority.create('Servers of tests');
    partners = [await CertificateAuthority.create('One'), await CertificateAuthority.create('Two')];
    const { cert, key } = await server();
    file = writeFiles({ cert, key, partners: partners[0].rootPem });
    const port = await freePort();
    holdfast = await startHoldfast({
      port,
      issuer: `https://localhost:${port}`,
      tls: { cert: file('cert'), key: file('key') },
      mtls: { certificates_from: 'tls', client_ca: file('partners') },
      clients: [
        ...testClients,
        {
          client_id: 'partner',
          redirect_uris: [],
          response_types: [],
          grant_types: ['client_credentials'],
          token_endpoint_auth_method: 'tls_client_auth',
          tls_client_auth_subject_dn: 'CN=partner',
          tls_client_certificate_bound_access_tokens: true,
        },
      ],
    });
  });
  after(() => holdfast.close());

  /** What was logged about it. */
  function change(files: Readonly<Record<string, string>>): string {
    for (const [name, text] of Object.entries(files)) writeFileSync(file(name), text);
    const before = holdfast.log.length;
    holdfast.app.reload();
    return holdfast.log.slice(before).join('');
  }

  async function presented(): Promise<Buffer> {
    const { config } = holdfast;
    const socket = connect({
      port: config.port,
      host: config.host,
      servername: 'localhost',
      ca: servers.rootPem,
    });
    try {
      await once(socket, 'secureConnect');
      return socket.getPeerCertificate().raw;
    } finally {
      socket.destroy();
    }
  }

  const asPartner = (identity: Identity) =>
    postOverTls(
      {
        url: `${holdfast.issuer}/token`,
        form: {
          grant_type: 'client_credentials',
          resource: gatewayA,
          scope: 'model:call',
          client_id: 'partner',
        },
      },
      servers.rootPem,
      identity,
    );

  it('are presented from the next handshake on, once certificate and key fit together', async () => {
    const { cert, key, der } = await server();
    const before = await presented();
    assert.match(
      change({ cert }),
      /"level":"error".*tls\.cert and tls\.key do not fit.*of before stay in use/,
    );
    assert.deepEqual(await presented(), before);
    assert.match(change({ key }), /"level":"info".*new certificates are in use/);
    assert.deepEqual(await presented(), der);
    assert.equal(change({}), '', 'nothing has changed');
  });

  it('are not taken where they are broken or have ended, and the server stays ready', async () => {
    const before = await presented();
    const ended = await servers.issue({
      names: [{ type: 'dns', value: 'localhost' }],
      notAfter: new Date('2021-01-01'),
    });
    assert.match(change({ cert: ended.cert, key: ended.key }), /tls\.cert ended at/);
    assert.match(change({ cert: 'gone' }), /"level":"error"/);
    assert.deepEqual(await presented(), before);
    assert.equal((await fetch(`${holdfast.managementUrl}/readyz`)).status, 200);
  });

  it('still ask clients for theirs, and know partners by the authorities that the file names now', async () => {
    const { cert, key } = await server();
    change({ cert, key });
    const [one, two] = [
      await partners[0].issue({ subject: 'CN=partner' }),
      await partners[1].issue({ subject: 'CN=partner' }),
    ];
    assert.equal((await asPartner(one)).status, 200);
    assert.equal((await asPartner(two)).status, 401);
    assert.match(change({ partners: 'nobody' }), /mtls\.client_ca has no certificate.*stay in use/);
    assert.equal((await asPartner(one)).status, 200);
    change({ partners: partners[1].rootPem });
    assert.equal((await asPartner(two)).status, 200);
    assert.equal((await asPartner(one)).status, 401);
  });
});
