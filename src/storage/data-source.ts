import { DataSource } from 'typeorm';
import { migrations } from '../../migrations/index.js';
import type { ConnectionPool } from './connection.js';
import { entities } from './entities/index.js';

/** TypeORM over a pool that is already there: a `Pool` of pg or our own of PGlite. Destroying it ends the pool. */
export function createDataSource(pool: ConnectionPool): DataSource {
  return new DataSource({
    type: 'postgres',
    // TypeORM calls `new driver.Pool(options)`; a constructor that returns an object gives that object.
    driver: {
      Pool: function Pool() {
        return pool;
      },
    },
    entities,
    migrations,
    migrationsTableName: 'migration',
    installExtensions: false,
    synchronize: false,
    logging: false,
    poolErrorHandler: () => {},
  });
}
