import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { KeystoreLocked } from '../../src/provider/keystore.js';
import type { Storage } from '../../src/storage/storage.js';
import { sharedStorage, startHoldfast } from '../support/harness.js';
import { deferred } from '../support/parallel.js';

describe('a server that can not start', () => {
  it('leaves no connection open that would keep its process alive', async () => {
    const storage = await sharedStorage();
    const { revocationLog } = storage;
    const { promise: closed, resolve } = deferred<string>();
    const watched: Storage['revocationLog'] = {
      readAfter: (sequence, limit) => revocationLog.readAfter(sequence, limit),
      listen: async (bell) => {
        const connection = await revocationLog.listen(bell);
        const close = () => connection.close().finally(() => resolve('closed'));
        return { readAfter: (sequence, limit) => connection.readAfter(sequence, limit), close };
      },
    };
    const another = { storage: { ...storage, revocationLog: watched }, masterKey: randomBytes(32) };
    // Its keys are of the usual master key from here on.
    await (await startHoldfast()).close();
    await assert.rejects(startHoldfast({}, another), KeystoreLocked);
    assert.equal(await closed, 'closed');
  });
});
