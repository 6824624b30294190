import { browser, type Database, type DatabaseRequest, type ObjectStore } from './browser-globals.js';
import { oneAfterAnother, type LoginIdentity, type LoginStore, type StoredLogin } from './login-store.js';

const logins = 'logins';

/**
 * A login in this browser's database, shared by the tabs of its origin. The private key is kept as a CryptoKey that can
 * be used and not read out, by this page neither.
 */
export function indexedDbStore({ issuer, clientId, resource }: LoginIdentity): LoginStore {
  const name = JSON.stringify([issuer, clientId, resource]);
  const inThisTab = oneAfterAnother();
  return {
    read: async () => (await transact('readonly', (store) => store.get(name))) as StoredLogin | undefined,
    write: async (login) => void (await transact('readwrite', (store) => store.put(login, name))),
    remove: async () => void (await transact('readwrite', (store) => store.delete(name))),
    exclusively: (work) => {
      const { locks } = browser().navigator;
      return locks ? locks.request(`holdfast ${name}`, work) : inThisTab(work);
    },
  };
}

async function transact<Value>(
  mode: 'readonly' | 'readwrite',
  work: (store: ObjectStore) => DatabaseRequest<Value>,
): Promise<Value> {
  const database = await open();
  try {
    const transaction = database.transaction(logins, mode);
    const request = work(transaction.objectStore(logins));
    // Only then it is written.
    await new Promise<void>((resolve, reject) => {
      transaction.addEventListener('complete', () => resolve());
      transaction.addEventListener('abort', () => reject(transaction.error ?? new Error('IndexedDB failed')));
    });
    return request.result;
  } finally {
    database.close();
  }
}

function open(): Promise<Database> {
  const opening = browser().indexedDB.open('holdfast', 1);
  return new Promise((resolve, reject) => {
    opening.addEventListener('upgradeneeded', () => opening.result.createObjectStore(logins));
    opening.addEventListener('success', () => resolve(opening.result));
    opening.addEventListener('error', () => reject(opening.error ?? new Error('IndexedDB failed')));
  });
}
