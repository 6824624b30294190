import { z } from 'zod';
import type { AccountId } from '../accounts/account.js';
import { hasBegun } from '../config/enforcement-checks.js';
import { writeDollars } from '../lib/money.js';
import type { LegacyCredential, LegacyFigures } from '../resource/legacy-credential.js';
import type { LegacySelection } from '../resource/legacy-credential-store.js';
import { findAccount, unknownAccount } from './account-command.js';
import type { AdminPorts } from './admin-ports.js';
import { columns, done, failed, type Outcome } from './outcome.js';

const digest = z.string().regex(/^[0-9a-f]{64}$/, 'must be the hex digest (SHA-256) of a credential');
const day = 86_400_000;

export const legacyImportArguments = z.strictObject({
  resource: z.string(),
  /** Of all; else each line names its own. */
  account: z.string().optional(),
  credentials: z
    .array(
      z.strictObject({
        digest,
        account: z.string().max(256).optional(),
        prefix: z.string().max(12).optional(),
        label: z.string().max(80).optional(),
      }),
    )
    .min(1)
    .max(5000),
});

export const legacyRevokeArguments = z.strictObject({
  by: z.enum(['digest', 'account', 'resource']),
  name: z.string().min(1),
});
export const legacyRetireArguments = z.strictObject({ resource: z.string(), days: z.int().min(0).max(365) });

export async function importLegacy(
  ports: AdminPorts,
  { resource, account: who, credentials }: z.output<typeof legacyImportArguments>,
): Promise<Outcome> {
  const now = ports.clock.now();
  const bearer = ports.config.resources.find(
    ({ identifier }) => identifier === resource,
  )?.dangerously_allow_bearer;
  if (!bearer || hasBegun(bearer.until, now)) {
    const message = `${resource} takes no bearer credentials: see dangerously_allow_bearer of its entry in resources.`;
    return failed('bearer_not_allowed', message);
  }
  const owner = who === undefined ? undefined : await findAccount(ports, who);
  if (who !== undefined && !owner) return unknownAccount(who);
  const given = credentials.map(({ digest: hex, account = '', prefix, label }): LegacyCredential => {
    const accountId = owner?.id ?? (account as AccountId);
    return { digest: Buffer.from(hex, 'hex'), resource, accountId, prefix, label };
  });
  const taken = await ports.stores.legacyCredentials.import(given, new Date(now));
  ports.events.legacyImported({ resource, credentials: taken.size });
  const left = credentials.filter(({ digest: hex }) => !taken.has(hex)).map(({ digest: hex }) => hex);
  const text = [
    `Imported ${taken.size} of ${credentials.length}. They may call ${bearer.tier} until ${bearer.until}.`,
    ...(left.length === 0
      ? []
      : [
          `Left out ${left.length}: they are here already, or their account is unknown or disabled. The first: ${left[0]}`,
        ]),
  ].join('\n');
  return done({ imported: taken.size, left_out: left }, text);
}

export async function revokeLegacy(
  ports: AdminPorts,
  { by, name }: z.output<typeof legacyRevokeArguments>,
): Promise<Outcome> {
  const account = by === 'account' ? await findAccount(ports, name) : undefined;
  if (by === 'account' && !account) return unknownAccount(name);
  const selection = account ? { by: 'account' as const, accountId: account.id } : selectionOf(by, name);
  const revoked = await ports.stores.legacyCredentials.revoke(selection, new Date(ports.clock.now()));
  if (revoked === 0)
    return failed('nothing_to_revoke', 'There is no such credential alive. Nothing was changed.');
  ports.events.revoked({ what: 'legacy', id: account?.id ?? name });
  return done(
    { revoked },
    `Revoked ${revoked}. No call passes with ${revoked === 1 ? 'it' : 'them'} any more.`,
  );
}

function selectionOf(by: 'digest' | 'account' | 'resource', name: string): LegacySelection {
  return by === 'digest' ? { by, digest: Buffer.from(name, 'hex') } : { by: 'resource', resource: name };
}

export async function retireLegacy(
  { stores, clock, events }: AdminPorts,
  { resource, days }: z.output<typeof legacyRetireArguments>,
): Promise<Outcome> {
  const now = clock.now();
  const at = new Date(now + days * day);
  const credentials = await stores.legacyCredentials.retire(resource, at, new Date(now));
  events.legacyRetired({ resource, credentials, at });
  const text = `${credentials} credentials, whose accounts have logged in at an app for ${resource}, end at ${at.toISOString()}.`;
  return done({ retired: credentials, ends_at: at.toISOString() }, text);
}

export async function reportLegacy({ stores, clock }: AdminPorts): Promise<Outcome> {
  const figures = await stores.legacyCredentials.figures(new Date(clock.now()));
  if (figures.length === 0) return done({ resources: [] }, 'No bearer credentials were imported.');
  return done({ resources: figures.map(describe) }, figures.map(say).join('\n\n'));
}

function describe(figures: LegacyFigures): object {
  const { resource, imported, alive, moved, ending, calls } = figures;
  return {
    resource,
    imported,
    alive,
    alive_7_days_ago: figures.aliveWeekAgo,
    alive_30_days_ago: figures.aliveMonthAgo,
    used_in_7_days: figures.usedInWeek,
    used_in_30_days: figures.usedInMonth,
    moved,
    ending,
    calls,
    spent: writeDollars(figures.spent),
    spent_today: writeDollars(figures.spentToday),
  };
}

function say(figures: LegacyFigures): string {
  const { resource, imported, alive, aliveWeekAgo, aliveMonthAgo, moved, ending } = figures;
  return [
    resource,
    columns([
      [
        '  alive',
        `${alive} of ${imported} imported (7 days ago ${aliveWeekAgo}, 30 days ago ${aliveMonthAgo})`,
      ],
      ['  used', `${figures.usedInWeek} in 7 days, ${figures.usedInMonth} in 30 days`],
      ['  moved', `${moved} of accounts that have bound tokens; ${ending} have an end`],
      [
        '  spent',
        `$${writeDollars(figures.spent)} in ${figures.calls} calls, $${writeDollars(figures.spentToday)} today`,
      ],
    ]),
  ].join('\n');
}
