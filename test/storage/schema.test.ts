import assert from 'node:assert/strict';
import { migrations } from '../../migrations/index.js';
import { createDataSource } from '../../src/storage/data-source.js';
import { migrate } from '../../src/storage/schema.js';
import { onDatabase, onEveryDatabase } from '../support/databases.js';
import { atOnce } from '../support/parallel.js';
import { anotherNode, newStorage } from '../support/test-database.js';

onEveryDatabase('the schema', (database) => {
  it('is the same in the migrations as in the entities', async () => {
    const dataSource = createDataSource(database.pools.main);
    await dataSource.initialize();
    const { upQueries } = await dataSource.driver.createSchemaBuilder().log();
    assert.deepEqual(
      upQueries.map(({ query }) => query),
      [],
    );
  });

  it('is complete after migrating, and migrating again does nothing', async () => {
    assert.deepEqual(await database.storage.pendingMigrations(), []);
    assert.deepEqual(await database.storage.migrate(), []);
  });
});

onDatabase('PostgreSQL', 'migrating', () => {
  it('is said to be due, and is done once although four nodes begin at the same time', async () => {
    const first = await newStorage('PostgreSQL');
    const names = migrations.map(({ name }) => name);
    assert.deepEqual(await first.storage.pendingMigrations(), names);
    const nodes = [first, ...(await atOnce(3, () => anotherNode(first)))];
    const done = await Promise.all(nodes.map(({ storage }) => storage.migrate()));
    assert.deepEqual(done.flat(), names);
    assert.deepEqual(await first.storage.pendingMigrations(), []);
    for (const node of nodes) await node.storage.close();
  });

  it('can be undone to the last table and done again', async () => {
    const database = await newStorage('PostgreSQL');
    await database.storage.migrate();
    await database.storage.maintain();
    const dataSource = createDataSource(database.pools.main);
    await dataSource.initialize();
    for (const _ of migrations) await dataSource.undoLastMigration();
    const tables = await database.sql<{ tablename: string }>(
      "SELECT tablename FROM pg_tables WHERE schemaname = 'public'",
    );
    assert.deepEqual(tables, [{ tablename: 'migration' }]);
    assert.equal((await migrate(dataSource, undefined)).length, migrations.length);
    await database.storage.close();
  });
});
