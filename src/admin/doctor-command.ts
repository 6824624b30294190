import type { SigningKeyRecord } from '../provider/signing-key-store.js';
import type { AdminPorts } from './admin-ports.js';
import { done, type Outcome } from './outcome.js';

/** One thing that the doctor looked at. `warning` works, but should not stay so. */
export interface Finding {
  readonly name: string;
  readonly state: 'ok' | 'warning' | 'failure';
  readonly says: string;
}

const day = 86_400_000;

/** What can be told from within the database: its migrations, keys and pinned RP ID, and our clock beside them. */
export async function examineDatabase(ports: AdminPorts): Promise<Outcome> {
  const { stores, config, clock } = ports;
  const findings: Finding[] = [{ name: 'database', state: 'ok', says: `${stores.kind} answers` }];
  const pending = await stores.pendingMigrations();
  if (pending.length > 0) {
    const says = `${pending.length} pending (${pending.join(', ')}); run: holdfast migrate`;
    return done({ findings: [...findings, { name: 'migrations', state: 'failure', says }] }, '');
  }
  findings.push({ name: 'migrations', state: 'ok', says: 'none pending' });
  const keys = await stores.signingKeys.list();
  findings.push(...examineKeys(keys, ports));
  findings.push(examineRelyingParty(await stores.settings.read('rp_id'), config.rp_id));
  findings.push(examineClock(keys, clock.now()));
  return done({ findings }, '');
}

function examineKeys(keys: readonly SigningKeyRecord[], { config, clock }: AdminPorts): Finding[] {
  if (keys.length === 0) {
    return [{ name: 'signing keys', state: 'warning', says: 'none yet; the first start makes them' }];
  }
  const oldest = (config.key_rotation.rotate_every + config.key_rotation.publish_before_use) * 1000;
  return keys
    .filter(({ state }) => state === 'current')
    .map(({ kid, algorithm, currentSince, createdAt }): Finding => {
      const age = clock.now() - (currentSince ?? createdAt).getTime();
      const says = `${algorithm} ${kid} has signed for ${Math.max(0, Math.floor(age / day))} days`;
      if (age <= oldest) return { name: 'signing keys', state: 'ok', says };
      return {
        name: 'signing keys',
        state: 'warning',
        says: `${says}, longer than rotate_every; is a server running?`,
      };
    });
}

function examineRelyingParty(pinned: string | undefined, configured: string): Finding {
  if (pinned === undefined || pinned === configured) return { name: 'rp_id', state: 'ok', says: configured };
  const says = `is ${configured}, but the passkeys here were made for ${pinned}; set rp_id: ${pinned}`;
  return { name: 'rp_id', state: 'failure', says };
}

/** A clock that lies behind what it wrote itself would refuse every proof. */
function examineClock(keys: readonly SigningKeyRecord[], now: number): Finding {
  const newest = Math.max(0, ...keys.map(({ createdAt }) => createdAt.getTime()));
  const behind = Math.ceil((newest - now) / 1000);
  if (behind <= 5) return { name: 'clock', state: 'ok', says: new Date(now).toISOString() };
  const says = `is ${behind} s behind the newest signing key; synchronise it, or proofs are refused`;
  return { name: 'clock', state: 'failure', says };
}
