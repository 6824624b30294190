import { systemClock } from '../../../src/lib/clock.js';
import { openStorage } from '../../../src/storage/open.js';
import { account, accessToken, storeFamily } from '../records.js';

// Writes into the embedded database of the folder in its argument, and prints what was acknowledged, until killed.
const storage = await openStorage({
  databaseUrl: undefined,
  dataFolder: process.argv[2],
  clock: systemClock,
});
await storage.migrate();
const family = await storeFamily(storage, systemClock);

async function write(): Promise<void> {
  for (;;) {
    const one = account(systemClock);
    const token = accessToken(systemClock, family);
    await storage.transaction.run(async () => {
      await storage.accounts.insert(one);
      await storage.accessTokens.insert(token);
    });
    console.log(`${one.id} ${token.digest.toString('hex')} ${token.bucket}`);
  }
}
await Promise.all([write(), write(), write(), write()]);
