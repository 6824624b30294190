import { parseArgs } from 'node:util';
import { startSpa } from './server.js';

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '5173' },
    gateway: { type: 'string', default: 'http://localhost:6181' },
    issuer: { type: 'string', default: 'http://localhost:6180' },
    client: { type: 'string', default: 'example-spa' },
  },
});

const { gateway, issuer, client: clientId } = values;
const { url } = await startSpa({ port: Number(values.port), gateway, issuer, clientId });
process.stdout.write(`The example web app is at ${url}, for the gateway at ${gateway}. Ctrl-C ends it.\n`);
