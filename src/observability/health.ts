/** What readiness asks of the database; storage gives it. */
export interface DatabaseHealth {
  ping(timeoutMs: number): Promise<boolean>;
  pendingMigrations(): Promise<string[]>;
}

export interface Readiness {
  readonly ready: boolean;
  readonly database: boolean;
  readonly pendingMigrations: readonly string[];
  /** The server is stopping: it finishes what it has and wants nothing new. */
  readonly draining: boolean;
  /** The configuration has faults since it was changed; the node serves with the tiers from before. */
  readonly configRefused: boolean;
  /**
   * This node hears of every revocation. Without, it still answers from the database, so it is ready; but the resource
   * servers that follow it trust no cache.
   */
  readonly feed: boolean;
}

const pingTimeoutMs = 1000;

/** Whether this node should get requests. Never throws: a database that is away is an answer. */
export async function checkReadiness(
  database: DatabaseHealth,
  { draining, configRefused, feed }: Pick<Readiness, 'draining' | 'configRefused' | 'feed'>,
): Promise<Readiness> {
  const answers = await database.ping(pingTimeoutMs).catch(() => false);
  const pending = answers ? await database.pendingMigrations().catch(() => undefined) : undefined;
  return {
    ready: answers && pending?.length === 0 && !draining,
    database: answers && pending !== undefined,
    pendingMigrations: pending ?? [],
    draining,
    configRefused,
    feed,
  };
}

/** Migrations are pending on a PostgreSQL that the operator migrates herself. */
export class MigrationsPending extends Error {
  constructor(names: readonly string[]) {
    super(
      `The database is behind by ${names.length} migration(s): ${names.join(', ')}. Run: holdfast migrate`,
    );
    this.name = 'MigrationsPending';
  }
}

/** Throws MigrationsPending unless the database is up to date. */
export async function demandMigrated(database: Pick<DatabaseHealth, 'pendingMigrations'>): Promise<void> {
  const pending = await database.pendingMigrations();
  if (pending.length > 0) throw new MigrationsPending(pending);
}
