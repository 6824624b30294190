import { migratedStorage, type TestDatabase } from './test-database.js';

const kinds = ['PGlite', 'PostgreSQL'] as const;
export type DatabaseKind = (typeof kinds)[number];

const opened = new Map<DatabaseKind, Promise<TestDatabase>>();

/**
 * Runs `suite` the same on PGlite and on a real PostgreSQL. Each is opened once for the whole process and shared:
 * suites make rows of their own and only ever move the clock forward.
 */
export function onEveryDatabase(title: string, suite: (database: TestDatabase) => void): void {
  for (const kind of kinds) onDatabase(kind, title, suite);
}

/** Runs `suite` on one of them, where the other can't do what is tested. */
export function onDatabase(kind: DatabaseKind, title: string, suite: (database: TestDatabase) => void): void {
  describe(`${title} on ${kind}`, () => {
    const lazy: { database?: TestDatabase } = {};
    before(async function () {
      this.timeout(60_000);
      lazy.database = await open(kind);
    });
    suite(
      new Proxy({} as TestDatabase, {
        get: (_, property) => Reflect.get(lazy.database ?? {}, property) as unknown,
      }),
    );
  });
}

function open(kind: DatabaseKind): Promise<TestDatabase> {
  const known = opened.get(kind);
  if (known) return known;
  const opening = migratedStorage(kind);
  opened.set(kind, opening);
  return opening;
}

after(async () => {
  for (const opening of opened.values()) await (await opening).storage.close();
});
