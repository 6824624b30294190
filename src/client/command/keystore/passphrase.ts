import { scrypt } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { promisify } from 'node:util';
import type { Random } from '../../../lib/random.js';
import { readPrivateFile, writePrivateFile } from '../private-file.js';
import type { SealingKeyStore } from './sealing-key.js';

const derive = promisify<string, Uint8Array, number, { N: number; maxmem: number }, Buffer>(scrypt);

/** A key that comes of a passphrase; the file holds its salt alone. */
export function passphraseKey(file: string, passphrase: string, random: Random): SealingKeyStore {
  // RFC 7914; 128 MB and a good part of a second for each guess.
  const keyOf = (salt: Uint8Array): Promise<Uint8Array> =>
    derive(passphrase, salt, 32, { N: 2 ** 17, maxmem: 2 ** 28 });
  return {
    place: 'your passphrase',
    async read() {
      const salt = await readPrivateFile(file);
      return salt === undefined ? undefined : keyOf(Buffer.from(salt, 'base64url'));
    },
    async make() {
      const salt = random.bytes(16);
      await writePrivateFile(file, salt.toString('base64url'));
      return keyOf(salt);
    },
    remove: () => rm(file, { force: true }),
  };
}
