import { parseArgs } from 'node:util';
import { startSpa } from './server.js';

const usage = `npm run example:spa -- [options]

  --port PORT     where the app is served (5173); the client's redirect_uris must name it
  --gateway URL   where the model gateway is (http://localhost:6181)
  --issuer URL    the provider that the app trusts (http://localhost:6180)
  --client ID     client_id (example-spa)
`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      port: { type: 'string', default: '5173' },
      gateway: { type: 'string', default: 'http://localhost:6181' },
      issuer: { type: 'string', default: 'http://localhost:6180' },
      client: { type: 'string', default: 'example-spa' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(usage);
    return;
  }
  const { gateway, issuer, client: clientId } = values;
  const { url } = await startSpa({ port: Number(values.port), gateway, issuer, clientId });
  process.stdout.write(`The example web app is at ${url}, for the gateway at ${gateway}. Ctrl-C ends it.\n`);
}

main().catch((error: unknown) => {
  process.exitCode = 1;
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`);
});
