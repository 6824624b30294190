import { homedir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { AuthorizationResponseError } from 'openid-client';
import { ask, describeGateway } from './gateway.js';
import { openBrowser } from './open-browser.js';
import { signIn } from './sign-in.js';
import { forgetLogin } from './vault.js';

const usage = `npm run example:cli -- [options] "your question"

  --gateway URL   where the model gateway is (http://localhost:6181)
  --model NAME    which model to ask (echo)
  --file PATH     where key and refresh token are kept (~/.holdfast/example-cli.json)
  --client ID     client_id (example-cli)
  --no-open       print the address, open no browser
  --forget        forget the kept login (first, if there is a question)
`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    gateway: { type: 'string', default: 'http://localhost:6181' },
    model: { type: 'string', default: 'echo' },
    file: { type: 'string', default: path.join(homedir(), '.holdfast', 'example-cli.json') },
    client: { type: 'string', default: 'example-cli' },
    'no-open': { type: 'boolean', default: false },
    forget: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

function show(address: URL): void {
  process.stderr.write(`Sign in here:\n  ${address.href}\n`);
  if (!values['no-open']) openBrowser(address.href);
}

async function main(): Promise<void> {
  const prompt = positionals.join(' ');
  if (values.forget && !values.help) {
    await forgetLogin(values.file);
    process.stderr.write(`Forgot the login in ${values.file}.\n`);
    if (prompt === '') return;
  }
  if (values.help || prompt === '') {
    process.stderr.write(usage);
    process.exitCode = values.help ? 0 : 2;
    return;
  }
  const gateway = new URL(values.gateway);
  const { issuer, resource } = await describeGateway(gateway);
  const access = await signIn({ issuer, resource, clientId: values.client, file: values.file, show });
  for await (const piece of ask(access, gateway, { model: values.model, prompt }))
    process.stdout.write(piece);
  process.stdout.write('\n');
}

main().catch((error: unknown) => {
  process.exitCode = 1;
  if (error instanceof AuthorizationResponseError) {
    process.stderr.write(`Not signed in: ${error.error_description ?? error.error}.\n`);
    return;
  }
  const cause = error instanceof Error && error.cause instanceof Error ? `: ${error.cause.message}` : '';
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}${cause}\n`);
});
