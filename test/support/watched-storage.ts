import type { Storage } from '../../src/storage/storage.js';

export interface StoreCall {
  /** `accessTokens.find` */
  readonly name: string;
  /** Everything that was asked with, written out. */
  readonly asked: string;
}

/** A storage that tells what its stores are asked. */
export function watchStorage(storage: Storage): { readonly storage: Storage; readonly calls: StoreCall[] } {
  const calls: StoreCall[] = [];
  const watched = Object.fromEntries(
    Object.entries(storage).map(([area, store]: [string, unknown]) => [area, watchStore(area, store, calls)]),
  );
  const proxy = new Proxy(storage, {
    get(target, area) {
      const store = typeof area === 'string' ? watched[area] : undefined;
      const value: unknown = store ?? Reflect.get(target, area);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
  return { storage: proxy, calls };
}

function watchStore(area: string, store: unknown, calls: StoreCall[]): unknown {
  // A store is made for each server.
  if ((area === 'introspections' || area === 'calls') && typeof store === 'function') {
    return (...options: unknown[]) => watchStore(area, Reflect.apply(store, undefined, options), calls);
  }
  if (typeof store !== 'object' || store === null || area === 'transaction') return store;
  return new Proxy(store, {
    get(target, name) {
      const method: unknown = Reflect.get(target, name);
      if (typeof method !== 'function') return method;
      return (...parameters: unknown[]): unknown => {
        calls.push({ name: `${area}.${String(name)}`, asked: JSON.stringify(parameters, bytesAsText) });
        return method.apply(target, parameters) as unknown;
      };
    },
  });
}

/** A Buffer as JSON sees it, back to the text that it may hold. */
function bytesAsText(_name: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || !('type' in value) || value.type !== 'Buffer')
    return value;
  return 'data' in value ? Buffer.from(value.data as number[]).toString('latin1') : value;
}
