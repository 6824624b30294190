import { InvalidArgumentError, type Command } from 'commander';
import { digestOf, readLegacyFile, type LegacyLine } from './legacy-file.js';
import type { Execute } from './program.js';

/** As many as one message to the running server holds. */
const most = 2000;

/** `holdfast report` and `holdfast legacy`: what is let pass for now, and how it comes to an end. */
export function addMigrationCommands(
  program: Command,
  execute: Execute,
  /** All of a file, or of standard input where it is `-`. */
  read: (file: string) => Promise<string>,
): void {
  program
    .command('report')
    .description('what happened')
    .command('would-refuse')
    .description('calls that passed because a resource or a tier is only observed, by day')
    .option('--since <days>', 'how far back, as in 7d; 90d at the most', days, 7)
    .action((options: { since: number }) => execute('report would-refuse', { days: options.since }));
  const legacy = program
    .command('legacy')
    .description('bearer credentials of before (dangerously_allow_bearer)');
  legacy
    .command('import')
    .description('take in digests, or keys by standard input, which are digested at once')
    .argument(
      '<file>',
      'lines under a line of column names: digest (or key), account, prefix, label; - is standard input',
    )
    .requiredOption('--resource <url>', 'what they are for')
    .option(
      '--account <account>',
      'whose they all are, by id or e-mail address; else the column account has the ids',
    )
    .action(async (file: string, options: { resource: string; account?: string }, command: Command) => {
      const lines = readLegacyFile(await read(file), {
        keys: file === '-',
        accounts: options.account !== undefined,
      });
      if (!lines.ok) return command.error(`Nothing was imported. ${lines.refusal.detail ?? ''}`);
      for (const credentials of chunksOf(lines.value)) {
        // One after the other: each is a message that has to be answered.
        // oxlint-disable-next-line no-await-in-loop
        await execute('legacy import', { ...options, credentials });
      }
    });
  legacy
    .command('report')
    .description('how many are alive, used, spent and moved')
    .action(() => execute('legacy report', {}));
  legacy
    .command('revoke')
    .description('end credentials at once, on every node; say exactly one of what')
    .option('--digest <hex>', 'the SHA-256 of one')
    .option('--key <dash>', 'one that leaked: - reads it from standard input')
    .option('--account <account>', 'all of one person, by id or e-mail address')
    .option('--resource <url>', 'all of one resource')
    .action(async (options: RevokeOptions, command: Command) => {
      const given = (['digest', 'key', 'account', 'resource'] as const).filter(
        (name) => options[name] !== undefined,
      );
      const [by] = given;
      if (given.length !== 1 || by === undefined) {
        return command.error('Say exactly one of --digest, --key -, --account, --resource.');
      }
      if (by !== 'key') return execute('legacy revoke', { by, name: (options[by] ?? '').trim() });
      if (options.key !== '-')
        return command.error('--key takes -: a key on the command line is seen by others.');
      const digest = digestOf((await read('-')).trim());
      if (digest === undefined) return command.error('That is no key which could have been imported.');
      return execute('legacy revoke', { by: 'digest', name: digest });
    });
  legacy
    .command('retire')
    .description('give an end to those whose accounts have logged in at an app for the resource')
    .requiredOption('--resource <url>', 'what they are for')
    .requiredOption('--after <days>', 'when they end, as in 14d', days)
    .action((options: { resource: string; after: number }) =>
      execute('legacy retire', { resource: options.resource, days: options.after }),
    );
}

interface RevokeOptions {
  readonly digest?: string;
  readonly key?: string;
  readonly account?: string;
  readonly resource?: string;
}

function chunksOf(lines: readonly LegacyLine[]): (readonly LegacyLine[])[] {
  return Array.from({ length: Math.ceil(lines.length / most) }, (_, index) =>
    lines.slice(index * most, (index + 1) * most),
  );
}

function days(text: string): number {
  const [, count] = /^(\d{1,3})d$/.exec(text) ?? [];
  if (count === undefined) throw new InvalidArgumentError('It must be days, as in 7d.');
  return Number(count);
}
