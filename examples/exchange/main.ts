import { parseArgs } from 'node:util';
import { createBackend } from './backend.js';
import { createStandIn } from './stand-in.js';

/* The stand-in for a login on one port, the backend on the next. */
const { values } = parseArgs({
  options: {
    issuer: { type: 'string', default: 'http://localhost:6180' },
    gateway: { type: 'string', default: 'http://localhost:6181/' },
    login: { type: 'string', default: 'http://localhost:6185' },
    secret: { type: 'string', default: 'development-only-exchange-secret' },
  },
});
const [issuer, gateway, login] = [new URL(values.issuer), new URL(values.gateway), new URL(values.login)];
const port = Number(login.port) + 1;

(await createStandIn(login, 'example-app')).listen(Number(login.port), '127.0.0.1');
const clientId = 'example-exchange';
const backend = await createBackend({ issuer, gateway, clientId, clientSecret: values.secret });
backend.listen(port, '127.0.0.1', () => {
  process.stdout.write(
    `the login answers at ${login.href}id-token?sub=ada, the app at http://localhost:${port}/ask\n`,
  );
});
