import { randomDPoPKeyPair, type CryptoKeyPair } from 'openid-client';

/** The key of this browser: script can use it, and nobody, this page included, can read it out. */
export async function deviceKey(): Promise<CryptoKeyPair> {
  const opening = indexedDB.open('example-spa', 1);
  opening.addEventListener('upgradeneeded', () => opening.result.createObjectStore('keys'));
  const database = await settled(opening);
  const keys = (mode: IDBTransactionMode): IDBObjectStore =>
    database.transaction('keys', mode).objectStore('keys');
  const present = (await settled(keys('readonly').get('device'))) as CryptoKeyPair | undefined;
  if (present) return present;
  const made = await randomDPoPKeyPair('ES256', { extractable: false });
  await settled(keys('readwrite').put(made, 'device'));
  return made;
}

function settled<Value>(request: IDBRequest<Value>): Promise<Value> {
  return new Promise((resolve, reject) => {
    request.addEventListener('success', () => resolve(request.result));
    request.addEventListener('error', () => reject(request.error ?? new Error('IndexedDB failed')));
  });
}
