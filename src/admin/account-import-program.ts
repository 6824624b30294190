import { type Command, Option } from 'commander';
import { formatOf, type PeopleFormat, peopleFormats } from './people-file.js';

export interface ImportWish {
  readonly file: string;
  readonly format: PeopleFormat;
  readonly dryRun: boolean;
}

/** `holdfast account import`: people who have a login elsewhere come in with the ids that they have. */
export function addAccountImportCommand(
  account: Command,
  importAccounts: (wish: ImportWish) => Promise<void>,
): void {
  account
    .command('import')
    .description('bring in people of another login, keeping the sub that they have (docs/EXCHANGE.md)')
    .argument('<file>', 'columns sub, issuer, issuer_sub, email, email_verified, name')
    .addOption(new Option('--format <format>', 'unset: by the name of the file').choices([...peopleFormats]))
    .option('--dry-run', 'change nothing, and say what would happen and what is wrong')
    .action((file: string, options: { format?: PeopleFormat; dryRun?: true }) =>
      importAccounts({ file, format: options.format ?? formatOf(file), dryRun: options.dryRun === true }),
    );
}
