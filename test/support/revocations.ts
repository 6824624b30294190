import type { Family } from './records.js';
import type { TestDatabase } from './test-database.js';

type Revocation = (database: TestDatabase, family: Family) => Promise<void>;

const now = (database: TestDatabase): Date => new Date(database.clock.now());

/** Everything that kills the tokens of a family at once. */
export const revocations: Record<string, Revocation> = {
  'revoking the account': async (database, { accountId }) => {
    await database.storage.accounts.revoke(accountId);
  },
  'disabling the account': async (database, { accountId }) => {
    await database.storage.accounts.disable(accountId, now(database));
  },
  'revoking the client': async (database, { clientId }) => {
    await database.storage.clients.revoke(clientId);
  },
  'revoking the grant': async (database, { grantId }) => {
    await database.storage.grants.revoke(grantId, now(database));
  },
  'ending the session': async (database, { sessionUid }) => {
    await database.storage.sessions.end(sessionUid, now(database));
  },
};
