import { rm } from 'node:fs/promises';
import type { Random } from '../../../lib/random.js';
import { readPrivateFile, writePrivateFile } from '../private-file.js';
import type { RunProgram } from './run-program.js';
import { fromText, KeystoreRefused, toText, type SealingKeyStore } from './sealing-key.js';

const script = (verb: 'Protect' | 'Unprotect'): string =>
  'Add-Type -AssemblyName System.Security;' +
  '$in=[Convert]::FromBase64String([Console]::In.ReadToEnd().Trim());' +
  `$out=[Security.Cryptography.ProtectedData]::${verb}($in,$null,'CurrentUser');` +
  '[Console]::Out.Write([Convert]::ToBase64String($out))';

/** Windows' data protection (DPAPI) of the user, by PowerShell: the file holds what only she can open on this machine. */
export function dataProtection(file: string, run: RunProgram, random: Random): SealingKeyStore {
  const convert = async (verb: 'Protect' | 'Unprotect', base64: string): Promise<string> => {
    const parameters = ['-NoProfile', '-NonInteractive', '-Command', script(verb)];
    const { code, out } = await run('powershell.exe', parameters, base64);
    if (code !== 0 || out === '') throw new KeystoreRefused(`DPAPI does not ${verb.toLowerCase()} the key`);
    return out.trim();
  };
  return {
    place: 'a file that DPAPI protects',
    async read() {
      const kept = await readPrivateFile(file);
      if (kept === undefined) return undefined;
      return fromText(Buffer.from(await convert('Unprotect', kept), 'base64').toString('utf8'));
    },
    async make() {
      const key = random.bytes(32);
      await writePrivateFile(
        file,
        await convert('Protect', Buffer.from(toText(key), 'utf8').toString('base64')),
      );
      return key;
    },
    remove: () => rm(file, { force: true }),
  };
}
