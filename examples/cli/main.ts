import { homedir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { AuthorizationResponseError, ResponseBodyError } from 'openid-client';
import { Challenged, inWords } from '../support/challenge-answer.js';
import { plainText } from '../support/plain-text.js';
import { ask, describeGateway, type Access } from '../support/model-gateway.js';
import { hasBrowser, openBrowser } from './open-browser.js';
import { signIn, stepUp, type SignInOptions } from './sign-in.js';
import { forgetLogin } from './vault.js';

const usage = `npm run example:cli -- [options] "your question"

  --gateway URL   where the model gateway is (http://localhost:6181)
  --model NAME    which model to ask (echo; echo-frontier needs your approval)
  --file PATH     where key and refresh token are kept (~/.holdfast/example-cli.json)
  --client ID     client_id (example-cli)
  --no-open       print the address, open no browser
  --elsewhere     ask the person on another device; needs --login
  --login ADDRESS whom to ask there; where this machine has no browser, she is asked there in any case
  --forget        forget the kept login (first, if there is a question)
`;

const { values, positionals } = readArguments();

function readArguments() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        gateway: { type: 'string', default: 'http://localhost:6181' },
        model: { type: 'string', default: 'echo' },
        file: { type: 'string', default: path.join(homedir(), '.holdfast', 'example-cli.json') },
        client: { type: 'string', default: 'example-cli' },
        'no-open': { type: 'boolean', default: false },
        elsewhere: { type: 'boolean', default: false },
        login: { type: 'string' },
        forget: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`);
    process.exit(2);
  }
}

const say = (text: string): void => void process.stderr.write(`${plainText(text)}\n`);

function show(address: URL): void {
  say(`Go on in the browser:\n  ${address.href}`);
  if (!values['no-open']) openBrowser(address.href);
}

async function main(): Promise<void> {
  const prompt = positionals.join(' ');
  if (values.forget && !values.help) {
    await forgetLogin(values.file);
    say(`Forgot the login in ${values.file}.`);
    if (prompt === '') return;
  }
  if (values.help || prompt === '' || (values.elsewhere && values.login === undefined)) {
    process.stderr.write(usage);
    process.exitCode = values.help ? 0 : 2;
    return;
  }
  const gateway = new URL(values.gateway);
  const { issuer, resource } = await describeGateway(gateway);
  const { login, file, client: clientId } = values;
  const away = login !== undefined && (values.elsewhere || (!values['no-open'] && !hasBrowser()));
  const elsewhere = away ? { login, show: say } : undefined;
  const options: SignInOptions = { issuer, resource, clientId, file, show, elsewhere };
  await call(await signIn(options), options, gateway, prompt);
}

/** One call. When the gateway wants the person, she is asked once, and the call is repeated once: nothing loops. */
async function call(access: Access, options: SignInOptions, gateway: URL, prompt: string): Promise<void> {
  const question = { model: values.model, prompt };
  try {
    await print(ask(access, gateway, question));
  } catch (error) {
    if (!(error instanceof Challenged)) throw error;
    say(`${values.model} needs ${inWords(error.challenge)}.`);
    await print(ask(await stepUp(access, options, error.challenge), gateway, question));
  }
}

async function print(pieces: AsyncIterable<string>): Promise<void> {
  for await (const piece of pieces) process.stdout.write(plainText(piece));
  process.stdout.write('\n');
}

/** How being asked elsewhere can end without an answer (CIBA §11). */
const endings: Readonly<Record<string, string>> = {
  access_denied: 'It was denied on the other device. Nothing was called, nothing was spent.',
  expired_token: 'Nobody answered in time. Nothing was called, nothing was spent.',
};

function sentenceFor(error: unknown): string {
  if (error instanceof AuthorizationResponseError) {
    return `Not signed in: ${error.error_description ?? error.error}.`;
  }
  if (error instanceof ResponseBodyError) {
    return endings[error.error] ?? `${error.error}: ${error.error_description ?? 'no reason given'}`;
  }
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
}

main().catch((error: unknown) => {
  process.exitCode = 1;
  say(sentenceFor(error));
});
