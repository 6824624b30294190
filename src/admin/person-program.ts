import { InvalidArgumentError, type Command } from 'commander';

/** Takes the options by their long names. What they mean is for the client to say, which is no part of this area. */
export type RunPerson = (
  name: 'login' | 'token' | 'logout' | 'curl' | 'proxy',
  operands: readonly string[],
  options: Readonly<Record<string, unknown>>,
) => Promise<void>;

/** What a person runs where she calls models: no configuration file, no database. */
export function addPersonCommands(program: Command, run: RunPerson): void {
  const login = program
    .command('login')
    .description('sign in for a gateway, in the browser or on another device')
    .option('--resource <url>', 'the gateway; it names the rest (http://localhost:6181)')
    .option('--issuer <url>', 'who issues its tokens, where it does not say so')
    .option('--scope <scopes>', 'what to ask for, where it does not say so')
    .option('--client-id <id>', 'the client (holdfast-cli)');
  const token = program
    .command('token')
    .description('print a fresh access token, which is worth nothing without its key');
  const logout = program.command('logout').description('end the login, here and at the provider');
  const curl = program
    .command('curl')
    .description('one request to the gateway, with a proof of the key')
    .argument('<address>', 'a path of the gateway, or its whole address')
    .option('-X, --request <method>', 'GET, or POST where there is data')
    .option('-H, --header <line>', 'as "Name: value"; again for another', gathered)
    .option('-d, --data <text>', 'the body, JSON unless a header says other; @file and @- are read', gathered)
    .option('-i, --include', 'print the status and the headers, too')
    .option('-f, --fail', 'leave with 22 and no body when the server answers 400 or more')
    .option('-o, --output <file>', 'write the body there')
    .option('--no-step-up', 'ask nobody: print the challenge');
  const proxy = program
    .command('proxy')
    .description(
      'give programs that know no DPoP a base URL on this machine, and a key that is good there alone',
    )
    .argument('[program...]', 'with --exec: what to start, with its own options after --')
    .option('--port <port>', 'on 127.0.0.1; else one that is free', portNumber)
    .option('--socket <file>', 'listen on a socket of yours alone instead')
    .option('--exec', 'start a program with OPENAI_BASE_URL, OPENAI_API_KEY and Anthropic’s two set');
  for (const command of [login, curl, proxy]) {
    command.option('--elsewhere [address]', 'ask on another device; the address is kept with the login');
  }
  for (const command of [login, token, logout, curl, proxy]) {
    command.option('--profile <name>', 'which login, where there are several (default)');
  }
  for (const command of [login, token, logout]) {
    command.action((options: Readonly<Record<string, unknown>>) =>
      run(command.name() as 'login' | 'token' | 'logout', [], options),
    );
  }
  curl.action((address: string, options: Readonly<Record<string, unknown>>) =>
    run('curl', [address], options),
  );
  proxy.action((words: readonly string[], options: Readonly<Record<string, unknown>>) =>
    run('proxy', words, options),
  );
}

function gathered(text: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), text];
}

function portNumber(text: string): number {
  const port = Number(text);
  if (!/^\d{1,5}$/.test(text) || port > 65_535) throw new InvalidArgumentError('It must be a port.');
  return port;
}
