import { z } from 'zod';
import type { Ending } from '../provider/epoch-store.js';
import { revokeAt, revokeEverything } from '../resource/level-revocation-service.js';
import { revocationLevels, type RevocationLevel } from '../resource/revocation-level.js';
import { findAccount, unknownAccount } from './account-command.js';
import type { AdminPorts } from './admin-ports.js';
import { done, failed, type Outcome } from './outcome.js';

export const revokeArguments = z
  .strictObject({ level: z.enum(revocationLevels), name: z.string().min(1).max(8192) })
  .refine(({ level, name }) => level !== 'key' || /^[A-Za-z0-9_-]{43}$/.test(name), {
    path: ['key'],
    message: 'A key is named by its thumbprint: 43 characters of base64url (`jkt` or `x5t#S256` of a token).',
  });

export const revokeAllArguments = z.strictObject({
  issued_before: z.iso
    .datetime({ offset: true, error: 'It must be a time with its zone, such as 2026-11-22T08:00:00Z.' })
    .optional(),
  confirmed: z.boolean(),
});

const says: Readonly<Record<RevocationLevel, string>> = {
  token: 'That access token is dead; the login it came from goes on.',
  grant: 'Every token of that login at that app is dead. The app asks the person to sign in again.',
  session: 'That browser is signed out, and what hung on its login is dead.',
  device:
    'Every token of that device is dead. A new login on it makes new ones: if a thief has its key, revoke the key.',
  key: 'Every token of that key is dead, and it never gets one again. The app makes a new key and asks the person to sign in.',
  client:
    'Every token and grant of that client is dead. It may get new ones: if its secret leaked, change that first.',
  account: 'Every token, grant and session of that account is dead. The person can sign in again.',
};

export async function revokeOne(
  ports: AdminPorts,
  { level, name }: z.output<typeof revokeArguments>,
): Promise<Outcome> {
  const account = level === 'account' ? await findAccount(ports, name) : undefined;
  if (level === 'account' && !account) return unknownAccount(name);
  const ended = await revokeAt(ports, level, account?.id ?? name);
  if (!ended) {
    const what = level === 'token' ? 'That token' : `The ${level} ${name}`;
    return failed('nothing_to_revoke', `${what} is unknown, or was over before. Nothing was changed.`);
  }
  return done(
    { revoked: ended.level, id: ended.id },
    `Revoked ${ended.level} ${ended.id}. ${says[ended.level]}`,
  );
}

export async function revokeAll(
  ports: AdminPorts,
  { issued_before: text, confirmed }: z.output<typeof revokeAllArguments>,
): Promise<Outcome> {
  const issuedBefore = text === undefined ? undefined : new Date(text);
  if (!confirmed) {
    const ending = await ports.stores.epochs.ending(issuedBefore, new Date(ports.clock.now()));
    return failed('confirmation_needed', warning(ending, text));
  }
  const { number, feed } = await revokeEverything(ports, issuedBefore);
  return done(
    { revoked: 'everything', epoch: number, feed, issued_before: text ?? null },
    `Epoch ${number} has begun. ${beginning(text)} is dead on every node, and gateways forget what they knew.`,
  );
}

function beginning(issuedBefore: string | undefined): string {
  return issuedBefore === undefined
    ? 'Everything that was issued until now'
    : `Everything that was issued before ${issuedBefore}, and what was refreshed from it since,`;
}

function warning(
  { sessions, grants, approvals, requests }: Ending,
  issuedBefore: string | undefined,
): string {
  const again = issuedBefore === undefined ? '' : ` --issued-before ${issuedBefore}`;
  return [
    `Nothing was changed yet. ${beginning(issuedBefore)} would be dead:`,
    `  sign-ins           ${sessions}`,
    `  grants             ${grants}, with all their access and refresh tokens; also the tokens of services of their own`,
    `  approvals          ${approvals}, whenever they were given`,
    `  waiting requests   ${requests}, and every sign-in, sign-up and recovery that is under way`,
    'Notifications in browsers are off until people turn them on again.',
    'People sign in again and allow their apps again; services fetch new tokens. Calls that run are cut off by their gateways.',
    'Accounts, passkeys, clients and signing keys stay. A JWT that a resource server checks without asking lives until it expires.',
    `To do it: holdfast revoke --all${again} --yes`,
  ].join('\n');
}
