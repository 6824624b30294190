import path from 'node:path';
import type { Random } from '../../../lib/random.js';
import { dataProtection } from './data-protection.js';
import { keychain } from './keychain.js';
import { keyFile } from './key-file.js';
import { passphraseKey } from './passphrase.js';
import type { RunProgram } from './run-program.js';
import type { SealingKeyStore } from './sealing-key.js';
import { hasSecretService, secretService } from './secret-service.js';

export const keystores = ['keychain', 'secret-service', 'dpapi', 'passphrase', 'file'] as const;
export type Keystore = (typeof keystores)[number];

export interface Surroundings {
  readonly platform: NodeJS.Platform;
  readonly run: RunProgram;
  readonly random: Random;
  /** `HOLDFAST_PASSPHRASE`. */
  readonly passphrase: string | undefined;
}

/** The best that is here for a new login. A passphrase was given for a reason. */
export async function chooseKeystore({ platform, run, passphrase }: Surroundings): Promise<Keystore> {
  if (passphrase !== undefined && passphrase !== '') return 'passphrase';
  if (platform === 'darwin') return 'keychain';
  if (platform === 'win32') return 'dpapi';
  return (await hasSecretService(run)) ? 'secret-service' : 'file';
}

export function openKeystore(
  keystore: Keystore,
  profile: string,
  folder: string,
  { run, random, passphrase }: Surroundings,
): SealingKeyStore {
  const file = (ending: string): string => path.join(folder, `${profile}.${ending}`);
  switch (keystore) {
    case 'keychain':
      return keychain(profile, run, random);
    case 'secret-service':
      return secretService(profile, run, random);
    case 'dpapi':
      return dataProtection(file('protected'), run, random);
    case 'passphrase':
      if (!passphrase) throw new Error('This login is sealed by a passphrase: set HOLDFAST_PASSPHRASE');
      return passphraseKey(file('salt'), passphrase, random);
    case 'file':
      return keyFile(file('key'), random);
  }
}
