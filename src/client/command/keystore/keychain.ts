import type { Random } from '../../../lib/random.js';
import type { RunProgram } from './run-program.js';
import { fromText, KeystoreRefused, toText, type SealingKeyStore } from './sealing-key.js';

/** The login keychain of macOS, by `security`. Its commands are read from standard input, the key with them. */
export function keychain(profile: string, run: RunProgram, random: Random): SealingKeyStore {
  const item = ['-s', 'holdfast', '-a', profile];
  return {
    place: 'the keychain',
    async read() {
      const { code, out } = await run('security', ['find-generic-password', ...item, '-w']);
      return code === 0 ? fromText(out) : undefined;
    },
    async make() {
      const key = random.bytes(32);
      // -U replaces one that was; the profile's name is checked to need no quotes.
      const command = `add-generic-password -U ${item.join(' ')} -w ${toText(key)}\n`;
      await run('security', ['-i'], command);
      // `security -i` leaves with 0 whatever became of its commands.
      const kept = await this.read();
      if (kept === undefined || toText(kept) !== toText(key)) {
        throw new KeystoreRefused('The keychain keeps nothing; is it locked?');
      }
      return key;
    },
    async remove() {
      await run('security', ['delete-generic-password', ...item]);
    },
  };
}
