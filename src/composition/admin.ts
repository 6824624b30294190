import type { AdminPorts } from '../admin/admin-ports.js';
import type { Storage } from '../storage/storage.js';
import type { openKeys } from './keys.js';
import type { Observed } from './observed.js';
import type { RunningOptions } from './options.js';

type Keys = Awaited<ReturnType<typeof openKeys>>;

/** What commands work on that are sent to the running server. */
export function adminPorts(
  storage: Storage,
  options: RunningOptions,
  { events, refusalLog, observationLog }: Observed,
  { keystore, signingKeys }: Keys,
): AdminPorts {
  return {
    ...options,
    stores: storage,
    keystore,
    events,
    keysChanged: () => signingKeys.refresh(),
    flushRefusals: () => refusalLog.flush(),
    flushObservations: () => observationLog.flush(),
  };
}
