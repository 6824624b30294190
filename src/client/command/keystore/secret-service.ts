import type { Random } from '../../../lib/random.js';
import type { RunProgram } from './run-program.js';
import { fromText, KeystoreRefused, toText, type SealingKeyStore } from './sealing-key.js';

/** GNOME Keyring, KWallet and others that speak the Secret Service, by libsecret's `secret-tool`. */
export function secretService(profile: string, run: RunProgram, random: Random): SealingKeyStore {
  const attributes = ['service', 'holdfast', 'profile', profile];
  return {
    place: 'the Secret Service',
    async read() {
      const { code, out } = await run('secret-tool', ['lookup', ...attributes]);
      // It also leaves with 1 and without a word when there is none.
      return code === 0 && out !== '' ? fromText(out) : undefined;
    },
    async make() {
      const key = random.bytes(32);
      const label = ['--label', `Holdfast login ${profile}`];
      const { code } = await run('secret-tool', ['store', ...label, ...attributes], toText(key));
      if (code !== 0) throw new KeystoreRefused('The Secret Service keeps nothing; is it locked?');
      return key;
    },
    async remove() {
      await run('secret-tool', ['clear', ...attributes]);
    },
  };
}

/** Whether a service answers that would keep something: the program alone is not enough. */
export async function hasSecretService(run: RunProgram): Promise<boolean> {
  const probe = ['service', 'holdfast', 'probe', 'probe'];
  const stored = await run('secret-tool', ['store', '--label', 'Holdfast probe', ...probe], 'probe');
  if (stored.code !== 0) return false;
  const { out } = await run('secret-tool', ['lookup', ...probe]);
  await run('secret-tool', ['clear', ...probe]);
  return out.trim() === 'probe';
}
