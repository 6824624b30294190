import { createBackend } from './backend.js';
import { createStandIn } from './stand-in.js';

/* The stand-in for a login on one port, the backend on the next. */
const { env } = process;
const issuer = new URL(env['HOLDFAST_ISSUER'] ?? 'http://localhost:6180');
const gateway = new URL(env['GATEWAY'] ?? 'http://localhost:6181/');
const login = new URL(env['LOGIN'] ?? 'http://localhost:6185');
const port = Number(login.port) + 1;

(await createStandIn(login, 'example-app')).listen(Number(login.port), '127.0.0.1');
const clientSecret = env['CLIENT_SECRET'] ?? 'development-only-exchange-secret';
const backend = await createBackend({ issuer, gateway, clientId: 'example-exchange', clientSecret });
backend.listen(port, '127.0.0.1', () => {
  process.stdout.write(
    `the login answers at ${login.href}id-token?sub=ada, the app at http://localhost:${port}/ask\n`,
  );
});
