import type { SigningKeyRecord, SigningKeyStore } from '../../src/provider/signing-key-store.js';

/** A SigningKeyStore with the real one's lock: one rewrite at a time, all or nothing. */
export function signingKeysInMemory(): SigningKeyStore & { rewrites: number } {
  let keys: readonly SigningKeyRecord[] = [];
  let lock: Promise<unknown> = Promise.resolve();
  const store = {
    rewrites: 0,
    list: () => Promise.resolve([...keys]),
    rewrite(change: Parameters<SigningKeyStore['rewrite']>[0]) {
      const turn = lock.then(async () => {
        store.rewrites += 1;
        keys = await change(keys);
        return keys;
      });
      lock = turn.catch(() => {});
      return turn;
    },
  };
  return store;
}
