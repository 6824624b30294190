import { systemClock, type Clock } from '../lib/clock.js';
import type { DeviceSession } from './device-session.js';
import type { DeviceSessionStore } from './device-session-store.js';

export interface MemoryStoreOptions {
  readonly clock?: Clock;
  /** Seconds that a session is kept after its last refresh. At least the life of the app's own; default 400 days. */
  readonly keep?: number;
}

/** For one process whose own sessions are gone with it, too. */
export function createMemoryStore(options: MemoryStoreOptions = {}): DeviceSessionStore {
  const { clock = systemClock, keep = 400 * 86_400 } = options;
  const sessions = new Map<string, DeviceSession>();
  const owners = new Map<string, string>();
  const findOfOwner = (owner: string): DeviceSession | undefined => sessions.get(owners.get(owner) ?? '');

  const forgetOld = (): void => {
    // Whoever was refreshed last stands last.
    for (const { id, owner, turnedAt } of sessions.values()) {
      if (turnedAt + keep * 1000 > clock.now()) return;
      sessions.delete(id);
      owners.delete(owner);
    }
  };

  return {
    create: async (session) => {
      forgetOld();
      const known = findOfOwner(session.owner);
      if (known) return known;
      sessions.set(session.id, session);
      owners.set(session.owner, session.id);
      return session;
    },
    find: async (id) => sessions.get(id),
    findOfOwner: async (owner) => findOfOwner(owner),
    advance: async (id, turn, at) => {
      const session = sessions.get(id);
      if (session?.turn !== turn || session.endedAt !== undefined) return false;
      sessions.delete(id);
      sessions.set(id, { ...session, turn: turn + 1, turnedAt: at });
      return true;
    },
    end: async (id, at) => {
      const session = sessions.get(id);
      if (session && session.endedAt === undefined) sessions.set(id, { ...session, endedAt: at });
    },
  };
}
