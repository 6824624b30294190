import { runCommand } from '../../src/admin/commands.js';
import type { AdminPorts } from '../../src/admin/admin-ports.js';
import type { Outcome } from '../../src/admin/outcome.js';
import type { Config } from '../../src/config/schema.js';
import { systemRandom } from '../../src/lib/random.js';
import type { Clock } from '../../src/lib/clock.js';
import type { Storage } from '../../src/storage/storage.js';

/** The operator beside a server: commands that work on its database, and the security events that they told. */
export function adminDesk({ config, clock, storage }: { config: Config; clock: Clock; storage: Storage }) {
  const told: object[] = [];
  const tell = (event: object): void => void told.push(event);
  const events = {
    revoked: tell,
    accountDisabled: tell,
    accountsImported: tell,
    legacyImported: tell,
    legacyRetired: tell,
  } as unknown as AdminPorts['events'];
  const flushObservations = () => Promise.resolve();
  const beside = { clock, random: systemRandom, events, flushObservations };
  const ports = { config, stores: storage, ...beside } as unknown as AdminPorts;
  return {
    told,
    run: (command: string, input: object): Promise<Outcome> => runCommand(ports, command, input),
    /** As `holdfast revoke --LEVEL NAME`; throws where nothing was revoked. */
    async revoke(level: string, name: string): Promise<string> {
      const outcome = await runCommand(ports, 'revoke', { level, name });
      if (!outcome.ok) throw new Error(outcome.message);
      return outcome.text;
    },
  };
}
