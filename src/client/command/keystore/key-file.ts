import { hkdfSync } from 'node:crypto';
import { readFile, rm } from 'node:fs/promises';
import type { Random } from '../../../lib/random.js';
import { readPrivateFile, writePrivateFile } from '../private-file.js';
import { fromText, toText, type SealingKeyStore } from './sealing-key.js';

/**
 * A key in a file of its owner alone, mixed with the machine's id. A copy of one of the two files, or of both on
 * another machine without that id, opens nothing. Whoever reads as this user, on this machine, does.
 */
export function keyFile(file: string, random: Random, machineIds = machineIdFiles): SealingKeyStore {
  const mixed = async (secret: Uint8Array): Promise<Uint8Array> =>
    new Uint8Array(hkdfSync('sha256', secret, await machineId(machineIds), 'holdfast login file', 32));
  return {
    place: 'a key file of yours alone',
    async read() {
      const kept = await readPrivateFile(file);
      return kept === undefined ? undefined : mixed(fromText(kept));
    },
    async make() {
      const secret = random.bytes(32);
      await writePrivateFile(file, toText(secret));
      return mixed(secret);
    },
    remove: () => rm(file, { force: true }),
  };
}

const machineIdFiles = ['/etc/machine-id', '/var/lib/dbus/machine-id'];

/** Empty where the system has none. */
async function machineId(files: readonly string[]): Promise<Uint8Array> {
  for (const file of files) {
    const id = await readFile(file).catch(() => undefined);
    if (id && id.length > 0) return id;
  }
  return new Uint8Array(0);
}
