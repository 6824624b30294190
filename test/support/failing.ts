import { DatabaseUnavailable } from '../../src/lib/unavailable.js';

/** `store`, whose `method` finds the database gone; the others work. */
export function failing<Store extends object>(store: Store, method: keyof Store): Store {
  return new Proxy(store, {
    get(target, name) {
      if (name === method) return () => Promise.reject(new DatabaseUnavailable(new Error('gone')));
      const member = Reflect.get(target, name) as unknown;
      return typeof member === 'function' ? (member.bind(target) as unknown) : member;
    },
  });
}
