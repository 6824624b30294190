import { DatabaseUnavailable } from '../../src/lib/unavailable.js';

/** `store`, whose `method` fails with `error` (unset: finds the database gone); the others work. */
export function failing<Store extends object>(
  store: Store,
  method: keyof Store,
  error: Error = new DatabaseUnavailable(new Error('gone')),
): Store {
  return new Proxy(store, {
    get(target, name) {
      if (name === method) return () => Promise.reject(error);
      const member = Reflect.get(target, name) as unknown;
      return typeof member === 'function' ? (member.bind(target) as unknown) : member;
    },
  });
}
