import { openHardwareModels } from '../accounts/open-hardware-models.js';
import type { Config } from '../config/schema.js';
import type { Clock } from '../lib/clock.js';
import type { Finding } from './doctor-command.js';

/** Whether the metadata of hardware keys can be used, and is not outdated; undefined where there is none. */
export async function examineAttestation(
  config: Pick<Config, 'attestation'>,
  clock: Clock,
): Promise<Finding | undefined> {
  const name = 'attestation';
  try {
    const models = await openHardwareModels(config, clock);
    if (!models) return undefined;
    const says = `metadata no. ${models.number} knows ${models.size} models`;
    if (models.nextUpdate.getTime() >= clock.now()) return { name, state: 'ok', says };
    const day = models.nextUpdate.toISOString().slice(0, 10);
    return {
      name,
      state: 'warning',
      says: `${says}, but the next one was due on ${day}; download it and restart`,
    };
  } catch (error) {
    return { name, state: 'failure', says: error instanceof Error ? error.message : String(error) };
  }
}
