import path from 'node:path';
import type { Config } from './schema.js';

/** Where a running server takes the commands of its operator. */
export function adminSocketFile(config: Pick<Config, 'data_dir'>): string {
  return path.join(config.data_dir, 'admin.sock');
}
