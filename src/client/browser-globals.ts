/** What a browser has and this package uses of it. Of its own, so that the package's types need no DOM. */
export interface BrowserGlobals {
  readonly indexedDB: { open(name: string, version: number): OpenRequest };
  readonly location: { readonly href: string; assign(address: string): void };
  readonly history: { replaceState(state: unknown, unused: string, address: string): void };
  readonly sessionStorage: {
    getItem(name: string): string | null;
    setItem(name: string, value: string): void;
    removeItem(name: string): void;
  };
  readonly navigator: {
    /** Not in an insecure context. */
    readonly locks?: { request<Value>(name: string, work: () => Promise<Value>): Promise<Value> };
  };
  open(address: string, name: string, features: string): unknown;
  close(): void;
}

interface Listened {
  addEventListener(name: string, listener: () => void): void;
}

export interface DatabaseRequest<Value> extends Listened {
  readonly result: Value;
  readonly error: Error | null;
}

interface OpenRequest extends DatabaseRequest<Database> {}

export interface Database {
  createObjectStore(name: string): unknown;
  transaction(name: string, mode: 'readonly' | 'readwrite'): Transaction;
  close(): void;
}

interface Transaction extends Listened {
  readonly error: Error | null;
  objectStore(name: string): ObjectStore;
}

export interface ObjectStore {
  get(key: string): DatabaseRequest<unknown>;
  put(value: unknown, key: string): DatabaseRequest<unknown>;
  delete(key: string): DatabaseRequest<unknown>;
}

export function browser(): BrowserGlobals {
  return globalThis as unknown as BrowserGlobals;
}
