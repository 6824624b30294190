import type { z } from 'zod';
import {
  accountArguments,
  accountListArguments,
  disableAccount,
  enableAccount,
  listAccounts,
  revokeAccount,
} from './account-command.js';
import { accountImportArguments, importBatch } from './account-import-command.js';
import { showAccount } from './account-show-command.js';
import type { AdminPorts } from './admin-ports.js';
import {
  approvalArguments,
  approvalListArguments,
  listApprovals,
  showApproval,
  verifyKeptApproval,
} from './approval-command.js';
import {
  addClient,
  clientAddArguments,
  clientArguments,
  listClients,
  noArguments,
  removeClient,
} from './client-command.js';
import { examineDatabase } from './doctor-command.js';
import { explainArguments, explainRequest } from './explain-command.js';
import { rotateArguments, rotateKeys } from './keys-command.js';
import {
  importLegacy,
  legacyImportArguments,
  legacyRetireArguments,
  legacyRevokeArguments,
  reportLegacy,
  retireLegacy,
  revokeLegacy,
} from './legacy-command.js';
import { migrateDatabase } from './migrate-command.js';
import { observationArguments, reportObservations } from './observation-command.js';
import { failed, type Outcome } from './outcome.js';
import { revokeAll, revokeAllArguments, revokeArguments, revokeOne } from './revoke-command.js';

type Command = (ports: AdminPorts, input: unknown) => Promise<Outcome>;

/** Every command that works on the database, whether this process has it open or a running server does. */
const commands: Readonly<Record<string, Command>> = {
  migrate: command(noArguments, migrateDatabase),
  doctor: command(noArguments, examineDatabase),
  explain: command(explainArguments, explainRequest),
  'client add': command(clientAddArguments, addClient),
  'client list': command(noArguments, listClients),
  'client remove': command(clientArguments, removeClient),
  'account list': command(accountListArguments, listAccounts),
  'account import': command(accountImportArguments, importBatch),
  'account show': command(accountArguments, showAccount),
  'account disable': command(accountArguments, disableAccount),
  'account enable': command(accountArguments, enableAccount),
  'account revoke': command(accountArguments, revokeAccount),
  'approval list': command(approvalListArguments, listApprovals),
  'approval show': command(approvalArguments, showApproval),
  'approval verify': command(approvalArguments, verifyKeptApproval),
  'keys rotate': command(rotateArguments, rotateKeys),
  'report would-refuse': command(observationArguments, reportObservations),
  'legacy import': command(legacyImportArguments, importLegacy),
  'legacy report': command(noArguments, reportLegacy),
  'legacy revoke': command(legacyRevokeArguments, revokeLegacy),
  'legacy retire': command(legacyRetireArguments, retireLegacy),
  revoke: command(revokeArguments, revokeOne),
  'revoke all': command(revokeAllArguments, revokeAll),
};

export async function runCommand(ports: AdminPorts, name: string, input: unknown): Promise<Outcome> {
  const run = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (!run) return failed('usage', `There is no command ${name}.`);
  return run(ports, input);
}

function command<Schema extends z.ZodType>(
  schema: Schema,
  run: (ports: AdminPorts, input: z.output<Schema>) => Promise<Outcome>,
): Command {
  return async (ports, input) => {
    const parsed = schema.safeParse(input);
    if (parsed.success) return run(ports, parsed.data);
    const problems = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
    return failed('usage', problems.join('; '));
  };
}
