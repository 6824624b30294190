import { rm } from 'node:fs/promises';
import { exportJWK, importJWK, type JWK } from 'jose';
import { open, seal } from '../../lib/seal.js';
import { toProofKey } from '../../proof/create-proof.js';
import { oneAfterAnother, type LoginIdentity, type LoginStore, type LoginTokens } from '../login-store.js';
import { underLock } from './file-lock.js';
import type { SealingKeyStore } from './keystore/sealing-key.js';
import { readPrivateFile, writePrivateFile } from './private-file.js';

interface Written extends LoginIdentity {
  readonly privateKey: JWK;
  readonly tokens?: LoginTokens;
}

/** A login in a file, sealed (AES-256-GCM) by a key that is kept elsewhere. Processes that share it take turns. */
export function sealedLoginStore(file: string, sealingKey: SealingKeyStore): LoginStore {
  const inTurn = oneAfterAnother();
  // Asked of the keystore once: some ask the person each time, and a passphrase takes its while.
  let held: Uint8Array | undefined;
  const read = async (): Promise<Written | undefined> => {
    const sealed = await readPrivateFile(file);
    const key = sealed === undefined ? undefined : (held ??= await sealingKey.read());
    if (sealed === undefined || key === undefined) return undefined;
    const text = await open(key, sealed).catch(() => {
      throw new Error(
        `${file} can't be opened with the key in ${sealingKey.place}. Sign in again: holdfast login`,
      );
    });
    return JSON.parse(text) as Written;
  };
  return {
    extractable: true,
    async read() {
      const written = await read();
      if (!written) return undefined;
      const { privateKey, ...login } = written;
      const { d: _, ...publicKey } = privateKey;
      const imported = await importJWK(privateKey, 'ES256', { extractable: true });
      if (imported instanceof Uint8Array) throw new TypeError('the stored key is not a key pair');
      return { ...login, key: await toProofKey('ES256', imported, publicKey) };
    },
    async write({ issuer, clientId, resource, key, tokens }) {
      const privateKey = await exportJWK(key.privateKey);
      const written: Written = { issuer, clientId, resource, privateKey, ...(tokens && { tokens }) };
      held ??= (await sealingKey.read()) ?? (await sealingKey.make());
      await writePrivateFile(file, await seal(held, JSON.stringify(written)));
    },
    async remove() {
      held = undefined;
      await rm(file, { force: true });
      await sealingKey.remove();
    },
    exclusively: (work) => inTurn(() => underLock(`${file}.lock`, work)),
  };
}
