import type { z } from 'zod';
import { sessionLimitsOf } from '../provider/session-limits.js';
import { findAccount, unknownAccount, type accountArguments } from './account-command.js';
import type { AdminPorts } from './admin-ports.js';
import { columns, done, type Outcome } from './outcome.js';

/** What of one person can be revoked, by its ids. */
export async function showAccount(
  ports: AdminPorts,
  wish: z.output<typeof accountArguments>,
): Promise<Outcome> {
  const { stores, config, clock } = ports;
  const account = await findAccount(ports, wish.account);
  if (!account) return unknownAccount(wish.account);
  const now = { at: new Date(clock.now()), ...sessionLimitsOf(config) };
  const devices = (await stores.devices.listOf(account.id)).map((device) => ({
    id: device.id,
    what: device.name ?? device.label ?? device.kind,
    keys: device.keys.map(({ kind, thumbprint }) => `${kind} ${thumbprint}`).join(', '),
    since: device.createdAt.toISOString(),
    last_login: device.lastSeenAt.toISOString(),
  }));
  const sessions = (await stores.sessions.listOf(account.id, now)).map((session) => ({
    id: session.uid,
    browser: session.browser ?? '-',
    place: session.place ?? '-',
    last_seen: session.lastSeenAt.toISOString(),
  }));
  const grants = (await stores.grants.listOf(account.id)).map((grant) => ({
    id: grant.id,
    client: grant.clientId,
    since: new Date(grant.issuedAt * 1000).toISOString(),
    until: new Date(grant.expiresAt * 1000).toISOString(),
  }));
  const text = [
    `Account ${account.id}, ${account.displayName}${account.disabledAt ? ', disabled' : ''}`,
    table('Devices (revoke --device, or --key)', devices),
    table('Signed-in browsers (revoke --session)', sessions),
    table('Logins at apps (revoke --grant)', grants),
  ].join('\n\n');
  return done({ account: account.id, devices, sessions, grants }, text);
}

function table(title: string, rows: readonly Readonly<Record<string, string>>[]): string {
  const [first] = rows;
  if (!first) return `${title}: none.`;
  const head = Object.keys(first).map((name) => name.replace('_', ' ').toUpperCase());
  return `${title}\n${columns([head, ...rows.map((row) => Object.values(row))])}`;
}
