import { z } from 'zod';
import type { Account, AccountId } from '../accounts/account.js';
import type { AdminPorts } from './admin-ports.js';
import { columns, done, failed, type Outcome } from './outcome.js';

export const accountListArguments = z.strictObject({
  limit: z.number().int().min(1).max(1000).default(100),
  after: z.string().optional(),
});
/** An account by its id, the e-mail address of its person, or the name of a test login. */
export const accountArguments = z.strictObject({ account: z.string().min(1) });

export async function listAccounts(
  { stores }: AdminPorts,
  { limit, after }: z.output<typeof accountListArguments>,
): Promise<Outcome> {
  const page = after === undefined ? { limit } : { limit, after: after as AccountId };
  const accounts = await stores.accounts.list(page);
  if (accounts.length === 0) return done({ accounts: [] }, 'No accounts.');
  const rows = accounts.map(({ id, login, email, displayName, createdAt, disabledAt }) => [
    id,
    email ?? login ?? '-',
    createdAt.toISOString().slice(0, 10),
    disabledAt ? 'disabled' : 'active',
    displayName,
  ]);
  const more =
    accounts.length === limit ? `\nMore: holdfast account list --after ${accounts.at(-1)?.id ?? ''}` : '';
  return done(
    { accounts: accounts.map(describe) },
    columns([['ID', 'E-MAIL OR LOGIN', 'SINCE', 'STATE', 'NAME'], ...rows]) + more,
  );
}

export async function disableAccount(
  ports: AdminPorts,
  wish: z.output<typeof accountArguments>,
): Promise<Outcome> {
  const account = await findAccount(ports, wish.account);
  if (!account) return unknownAccount(wish.account);
  await ports.stores.accounts.disable(account.id, new Date(ports.clock.now()));
  ports.events.accountDisabled({ accountId: account.id });
  return done(
    { account: account.id, disabled: true },
    `Disabled ${account.id}. It cannot sign in, and every token, grant and session of it is dead.`,
  );
}

export async function enableAccount(
  ports: AdminPorts,
  wish: z.output<typeof accountArguments>,
): Promise<Outcome> {
  const account = await findAccount(ports, wish.account);
  if (!account) return unknownAccount(wish.account);
  await ports.stores.accounts.enable(account.id);
  return done(
    { account: account.id, disabled: false },
    `Enabled ${account.id}. It signs in anew; old tokens stay dead.`,
  );
}

export async function revokeAccount(
  ports: AdminPorts,
  wish: z.output<typeof accountArguments>,
): Promise<Outcome> {
  const account = await findAccount(ports, wish.account);
  if (!account) return unknownAccount(wish.account);
  await ports.stores.accounts.revoke(account.id);
  ports.events.revoked({ what: 'account', id: account.id });
  return done(
    { account: account.id, revoked: true },
    `Revoked every token, grant and session of ${account.id}. The person can sign in again.`,
  );
}

export async function findAccount({ stores }: AdminPorts, name: string): Promise<Account | undefined> {
  const { accounts } = stores;
  // What is verified comes first: anybody could have taken somebody's address for a name.
  return (
    (await accounts.find(name as AccountId)) ??
    (await accounts.findByEmail(name)) ??
    (await accounts.findByLogin(name))
  );
}

export function unknownAccount(name: string): Outcome {
  return failed('account_unknown', `There is no account ${name}. See: holdfast account list`);
}

function describe({ id, login, email, displayName, createdAt, disabledAt }: Account): object {
  return {
    id,
    email: email ?? null,
    login: login ?? null,
    display_name: displayName,
    created_at: createdAt.toISOString(),
    disabled_at: disabledAt?.toISOString() ?? null,
  };
}
