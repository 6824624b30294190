import { Command, InvalidArgumentError } from 'commander';
import { addGatewayCommand, type RunGateway } from './gateway-program.js';
import { addAccountImportCommand, type ImportWish } from './account-import-program.js';
import { addMigrationCommands } from './legacy-program.js';
import { addPersonCommands, type RunPerson } from './person-program.js';
import { addRevokeCommand } from './revoke-program.js';

/** Runs one command of the operator and prints what came of it. */
export type Execute = (command: string, input: object) => Promise<void>;

export interface ProgramActions {
  readonly person: RunPerson;
  readonly version: string;
  readonly serve: () => Promise<void>;
  readonly checkConfig: () => Promise<void>;
  readonly doctor: () => Promise<void>;
  readonly webhookTest: (id: string) => Promise<void>;
  readonly mailTest: (address: string) => Promise<void>;
  readonly execute: Execute;
  readonly importAccounts: (wish: ImportWish) => Promise<void>;
  readonly gateway: RunGateway;
  /** All that comes by standard input: where a secret is kept out of the list of processes. */
  readonly standardInput: () => Promise<string>;
  /** All of a file; `-` is standard input. */
  readonly readText: (file: string) => Promise<string>;
}

interface ClientAddOptions {
  readonly spa?: string;
  readonly native?: true;
  readonly web?: string;
  readonly service?: true;
  readonly resourceServer?: true;
  readonly name?: string;
}

/** The `holdfast` command line: names, options and help. What commands do is elsewhere. */
export function createProgram(actions: ProgramActions): Command {
  const { execute } = actions;
  const program = new Command('holdfast')
    .description('An OpenID Connect provider whose tokens only their key can use.')
    .version(actions.version)
    .option('--json', 'print JSON for programs')
    .showHelpAfterError()
    .addHelpText(
      'after',
      '\nSettings come from config/holdfast.yaml (or HOLDFAST_CONFIG) and the environment; docs/CONFIG.md lists them.' +
        '\nExit codes: 0 done, 1 refused or not found, 2 wrong usage or configuration, 3 database away or in use.',
    );
  program
    .command('serve')
    .description('start the server')
    // What runs reads it itself, for `npm start -- --tls` is the same without us.
    .option('--tls', 'by https on this machine: makes an authority and a certificate for localhost')
    .action(() => actions.serve());
  program
    .command('migrate')
    .description('bring the database up to date')
    .action(() => execute('migrate', {}));
  program
    .command('config')
    .description('the configuration')
    .command('check')
    .description('list everything that is wrong with the configuration, or what its tiers demand of whom')
    .action(actions.checkConfig);
  addClientCommands(program, execute);
  addAccountImportCommand(addAccountCommands(program, execute), actions.importAccounts);
  addApprovalCommands(program, execute);
  addPersonCommands(program, actions.person);
  addRevokeCommand(program, execute, actions.standardInput);
  addGatewayCommand(program, actions.gateway);
  addMigrationCommands(program, execute, actions.readText);
  program
    .command('keys')
    .description('the signing keys')
    .command('rotate')
    .description('let the next signing keys take over now')
    .argument('[kids...]', 'with --emergency: only these keys')
    .option('--emergency', 'a private key leaked: it leaves the JWKS at once, with all it signed')
    .action((kids: string[], options: { emergency?: true }) =>
      execute('keys rotate', { kids, emergency: options.emergency === true }),
    );
  program
    .command('mail')
    .description('mails to people')
    .command('test')
    .description('send one mail now, and say what the mail server answered')
    .argument('<address>', 'where to')
    .action(actions.mailTest);
  program
    .command('webhook')
    .description('endpoints of yours that hear of revocations')
    .command('test')
    .description('post one signed message now, and say whether it was taken')
    .argument('<id>', 'as the configuration names it')
    .action(actions.webhookTest);
  program
    .command('explain')
    .description('why a request was refused')
    .argument('<request_id>', 'as the answer or the error page showed it; or the call_id of a gateway’s log')
    .action((requestId: string) => execute('explain', { request_id: requestId }));
  program
    .command('doctor')
    .description('look for what is wrong with this installation')
    .action(actions.doctor);
  return everyCommandTakesJson(program);
}

function addClientCommands(program: Command, execute: Execute): void {
  const client = program.command('client').description('apps and resource servers');
  client
    .command('add')
    .description('register a client; prints code to begin with, or its secret')
    .argument('[client_id]', 'its id; made up when left out')
    .option('--spa <redirect_uri>', 'an app in the browser; where people come back to after signing in')
    .option('--native', 'a program on the person’s machine: command line, desktop, agent')
    .option('--web <redirect_uri>', 'a server-side web app, with a secret')
    .option('--service', 'a server job of its own, with a secret (client_credentials)')
    .option('--resource-server', 'a gateway that introspects tokens, with a secret')
    .option('--name <text>', 'what people are shown')
    .action((clientId: string | undefined, options: ClientAddOptions, command: Command) => {
      const kinds = kindsOf(options);
      const [kind] = kinds;
      if (kinds.length !== 1 || kind === undefined) {
        return command.error(
          'Say one of --spa REDIRECT_URI, --native, --web REDIRECT_URI, --service, --resource-server.',
        );
      }
      return execute('client add', {
        kind,
        client_id: clientId,
        redirect_uri: options.spa ?? options.web,
        name: options.name,
      });
    });
  client
    .command('list')
    .description('clients of the config file and of the database')
    .action(() => execute('client list', {}));
  client
    .command('remove')
    .description('remove a client; all its tokens die')
    .argument('<client_id>')
    .action((clientId: string) => execute('client remove', { client_id: clientId }));
}

function kindsOf(options: ClientAddOptions): string[] {
  return [
    ...(options.spa === undefined ? [] : ['spa']),
    ...(options.native ? ['native'] : []),
    ...(options.web === undefined ? [] : ['web']),
    ...(options.service ? ['service'] : []),
    ...(options.resourceServer ? ['resource-server'] : []),
  ];
}

function addAccountCommands(program: Command, execute: Execute): Command {
  const account = program.command('account').description('the people');
  account
    .command('list')
    .description('accounts, oldest first')
    .option('--limit <count>', 'how many', wholeNumber, 100)
    .option('--after <id>', 'those after this one')
    .action((options: { limit: number; after?: string }) => execute('account list', options));
  const each: readonly (readonly [string, string])[] = [
    ['show', 'devices, signed-in browsers and logins at apps, by the ids that holdfast revoke takes'],
    ['disable', 'no more sign-in, and everything of the account dies at once'],
    ['enable', 'let a disabled account sign in again'],
    ['revoke', 'every token, grant and session of the account dies at once'],
  ];
  for (const [name, description] of each) {
    account
      .command(name)
      .description(description)
      .argument('<account>', 'its id, the e-mail address of the person, or the name of a test login')
      .action((who: string) => execute(`account ${name}`, { account: who }));
  }
  return account;
}

function addApprovalCommands(program: Command, execute: Execute): void {
  const approval = program.command('approval').description('what people approved with their passkeys');
  approval
    .command('list')
    .description('approvals of one person, newest first')
    .requiredOption('--account <account>', 'its id, e-mail address, or the name of a test login')
    .action((options: { account: string }) => execute('approval list', { account: options.account }));
  approval
    .command('show')
    .description('everything that one approval says')
    .argument('<id>', 'apr_…, as tokens name it in approval_id')
    .action((id: string) => execute('approval show', { id }));
  approval
    .command('verify')
    .description(
      'whether the person signed exactly this, also when her passkey is gone; else says which part changed',
    )
    .argument('<id>', 'apr_…')
    .action((id: string) => execute('approval verify', { id }));
}

function wholeNumber(text: string): number {
  if (!/^\d{1,4}$/.test(text)) throw new InvalidArgumentError('It must be a whole number.');
  return Number(text);
}

/** `--json` may stand anywhere. Usage errors leave with 2. */
function everyCommandTakesJson(program: Command): Command {
  const visit = (command: Command) => {
    if (command !== program) command.option('--json', 'print JSON for programs');
    command.exitOverride((error) => {
      throw error;
    });
    for (const child of command.commands) visit(child);
  };
  visit(program);
  return program;
}
