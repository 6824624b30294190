import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createApp } from '../../src/app.js';
import type { Clock } from '../../src/lib/clock.js';
import { systemClock } from '../../src/lib/clock.js';
import { systemRandom } from '../../src/lib/random.js';
import { createLogger } from '../../src/observability/logger.js';
import { openStorage } from '../../src/storage/open.js';
import { freePort } from '../support/free-port.js';
import { configure } from './configured.js';

/** A provider on https, where browsers bind sessions to keys; its clock can be put forward. */
export interface HttpsStage {
  readonly issuer: string;
  readonly clock: Clock;
  /** As long passes as a bound cookie lives. */
  outliveCookie(): void;
  close(): Promise<void>;
}

/** Starts it on a free port with a certificate of its own, which this process alone trusts, and a database in memory. */
export async function buildHttpsStage(): Promise<HttpsStage> {
  const folder = await mkdtemp(path.join(tmpdir(), 'holdfast-demo-https-'));
  let ahead = 0;
  const clock: Clock = { now: () => systemClock.now() + ahead };
  const config = configure({ PORT: String(await freePort()), HOLDFAST_DATA_DIR: folder }, { localTls: true });
  const logger = createLogger(config);
  const storage = await openStorage({ databaseUrl: undefined, dataFolder: undefined, clock });
  const masterKey = systemRandom.bytes(32);
  const app = await createApp({ config, masterKey, clock, random: systemRandom, logger, storage });
  const { issuer } = await app.listen();
  return {
    issuer,
    clock,
    outliveCookie: () => void (ahead += config.sessions.bound_cookie * 1000),
    close: async () => {
      await app.close();
      await storage.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
