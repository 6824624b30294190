import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { CommanderError } from 'commander';
import type { Outcome } from './admin/outcome.js';
import { createProgram } from './admin/program.js';
import { exitCodes, report } from './admin/report.js';

/* The `holdfast` command. Each part is loaded when it is asked for: what a person runs never loads the server. */

const json = process.argv.includes('--json');
const printer = { out: (text: string) => console.log(text), error: (text: string) => console.error(text) };
const operator = () => import('./composition/operator-command.js');

const program = createProgram({
  version: versionOf(new URL('../../package.json', import.meta.url)),
  serve: async () => void (await import('./main.js')),
  checkConfig: async () => {
    const { echoModels } = await import('../examples/gateway/models.js');
    tell(await (await operator()).checkConfigHere(echoModels.map(({ id }) => id)));
  },
  doctor: async () => tell(await (await operator()).doctorHere()),
  webhookTest: async (id) => tell(await (await operator()).webhookTestHere(id)),
  mailTest: async (address) => tell(await (await operator()).mailTestHere(address)),
  execute: async (command, input) => tell(await (await operator()).executeHere(command, input)),
  importAccounts: async (wish) => tell(await (await operator()).importAccountsHere(wish)),
  standardInput: () => text(process.stdin),
  readText: (file) => (file === '-' ? text(process.stdin) : readFile(file, 'utf8')),
  person: async (name, operands, options) => {
    process.exitCode = await (
      await import('./composition/person-process.js')
    ).runForPerson(name, operands, options);
  },
  gateway: async (wish) => {
    process.exitCode = await (await import('./composition/gateway-process.js')).runGateway(wish);
  },
});

try {
  await program.parseAsync();
} catch (error) {
  // Commander has printed its own message by now; asking for help is no error.
  if (!(error instanceof CommanderError)) throw error;
  process.exitCode = error.exitCode === 0 ? exitCodes.done : exitCodes.usage;
}

function tell(outcome: Outcome): void {
  process.exitCode = report(outcome, json, printer);
}

function versionOf(packageFile: URL): string {
  const { version } = JSON.parse(readFileSync(packageFile, 'utf8')) as { version: string };
  return version;
}
