import type { AdminPorts } from './admin-ports.js';
import { done, type Outcome } from './outcome.js';

/** Brings the database up to date. Nodes of several at once wait for each other. */
export async function migrateDatabase({ stores }: AdminPorts): Promise<Outcome> {
  const migrations = await stores.migrate();
  if (migrations.length === 0) return done({ migrations }, 'The database is up to date.');
  return done({ migrations }, `Ran ${migrations.join(', ')}. The database is up to date.`);
}
