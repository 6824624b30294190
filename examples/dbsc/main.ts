import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { parseArgs } from 'node:util';
import * as client from 'openid-client';
import { createDeviceSessions } from '../../src/dbsc/index.js';
import { createOwnCookieApp } from './own-cookie.js';
import { createRelyingParty } from './relying-party.js';

const usage = `npm run example:dbsc -- --cert FILE --key FILE [options]

  --cert, --key   PEM of a certificate for localhost that your browser trusts, and its key
  --port PORT     6187
  --issuer URL    signs people in there, and shares the key of their session there
  --client ID     client_id there (example-dbsc)
  --secret TEXT   client_secret there
`;

const { values } = parseArgs({
  options: {
    cert: { type: 'string' },
    key: { type: 'string' },
    port: { type: 'string', default: '6187' },
    issuer: { type: 'string' },
    client: { type: 'string', default: 'example-dbsc' },
    secret: { type: 'string', default: 'development-only-dbsc-secret' },
  },
});

async function main(certificate: string, certificateKey: string): Promise<void> {
  const { port, issuer } = values;
  const origin = `https://localhost:${port}`;
  const devices = createDeviceSessions({
    origin,
    key: randomBytes(32),
    exclude: ['/login', '/callback'],
    onEvent: (event) => process.stdout.write(`${JSON.stringify(event)}\n`),
    ...(issuer !== undefined && { provider: new URL(issuer).origin }),
  });
  const config = issuer && (await client.discovery(new URL(issuer), values.client, values.secret));
  const app = config ? createRelyingParty({ devices, origin, config }) : createOwnCookieApp(devices);
  const tls = { cert: readFileSync(certificate), key: readFileSync(certificateKey) };
  createServer(tls, (request, response) => void app.callback()(request, response)).listen(
    Number(port),
    'localhost',
    () => process.stdout.write(`${origin}\n`),
  );
}

if (values.cert === undefined || values.key === undefined) {
  process.exitCode = 1;
  process.stderr.write(usage);
} else await main(values.cert, values.key);
