import { z } from 'zod';
import { AccountImportService, type BatchResult } from '../accounts/account-import-service.js';
import type { ImportLine, WrongLine } from '../accounts/account-import-policy.js';
import type { AdminPorts } from './admin-ports.js';
import { done, failed, type Outcome } from './outcome.js';
import { inBatches } from './people-file.js';

/** People who are written together: all of them or nobody. */
const batchSize = 500;
const mostWrongLines = 200;

export const accountImportArguments = z.strictObject({
  lines: z
    .array(z.strictObject({ line: z.number().int(), columns: z.record(z.string(), z.unknown()) }))
    .max(batchSize),
  dry_run: z.boolean(),
});

/** One batch; the whole file is `importPeople`. */
export async function importBatch(
  { stores, config, events, clock, random }: AdminPorts,
  { lines, dry_run: dryRun }: z.output<typeof accountImportArguments>,
): Promise<Outcome> {
  const named = [...config.upstream_providers, ...config.trusted_issuers];
  const service = new AccountImportService({
    imports: stores.accountImports,
    accounts: stores.accounts,
    identities: stores.upstreamIdentities,
    transaction: stores.transaction,
    events,
    issuers: new Map(named.map(({ issuer, name }) => [issuer, name])),
    clock,
    random,
  });
  return done(await service.run(lines, dryRun), '');
}

type Run = (input: z.input<typeof accountImportArguments>) => Promise<Outcome>;

/** A whole file, batch by batch: of a batch with a wrong line nobody comes in, and the others do. */
export async function importPeople(
  people: AsyncIterable<ImportLine>,
  dryRun: boolean,
  run: Run,
): Promise<Outcome> {
  const sum = { lines: 0, made: 0, linked: 0, unchanged: 0, left_out: 0 };
  const wrong: WrongLine[] = [];
  for await (const lines of inBatches(people, batchSize)) {
    const outcome = await run({ lines, dry_run: dryRun });
    if (!outcome.ok) return outcome;
    const batch = outcome.result as BatchResult;
    sum.lines += lines.length;
    sum.made += batch.made;
    sum.linked += batch.linked;
    sum.unchanged += batch.unchanged;
    if (batch.wrong.length > 0) sum.left_out += dryRun ? batch.wrong.length : lines.length;
    wrong.push(...batch.wrong.slice(0, mostWrongLines - wrong.length));
  }
  const verb = dryRun ? 'would be' : 'were';
  const says =
    `Of ${sum.lines} lines ${sum.made} accounts ${verb} made and ${sum.linked} logins added; ` +
    `${sum.unchanged} were there already.`;
  if (sum.left_out === 0) return done({ ...sum, dry_run: dryRun, wrong }, says);
  const list = wrong.map(({ line, problem }) => `line ${line}: ${problem}`).join('\n');
  const rest = `${sum.left_out} lines ${verb} left out: of a batch of ${batchSize} with a wrong line nobody comes in.`;
  return failed('import_incomplete', `${says} ${rest}\n${list}`);
}
