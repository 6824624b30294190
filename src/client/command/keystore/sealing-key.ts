/** Where the key is kept that seals a login's file. Small and written once, so any keystore can hold it. */
export interface SealingKeyStore {
  /** For people, as in `Your login is sealed by a key in …`. */
  readonly place: string;
  /** 32 bytes; undefined when there is none yet. */
  read(): Promise<Uint8Array | undefined>;
  /** Makes a new one, in place of one that was. */
  make(): Promise<Uint8Array>;
  remove(): Promise<void>;
}

/** The keystore is there, and does not do what it is asked: locked, or its question was declined. */
export class KeystoreRefused extends Error {
  override readonly name = 'KeystoreRefused';
}

export function toText(key: Uint8Array): string {
  return Buffer.from(key).toString('base64url');
}

export function fromText(text: string): Uint8Array {
  const key = Buffer.from(text.trim(), 'base64url');
  if (key.length !== 32)
    throw new KeystoreRefused('The keystore holds something else than a key of Holdfast');
  return key;
}
