import type { DeviceSession } from './device-session.js';

/**
 * Where device sessions are kept: beside the app's own sessions, for at least as long. A session that is forgotten here
 * counts as never bound, so its cookie alone would do again.
 */
export interface DeviceSessionStore {
  /** Keeps `session` unless its owner has one; says which is kept. One atomic statement: the first key wins. */
  create(session: DeviceSession): Promise<DeviceSession>;
  find(id: string): Promise<DeviceSession | undefined>;
  /** Also one that has ended. */
  findOfOwner(owner: string): Promise<DeviceSession | undefined>;
  /**
   * Counts a refresh: `turn` becomes one more, if it is still this and the session has not ended. One atomic statement;
   * says whether it did so.
   */
  advance(id: string, turn: number, at: number): Promise<boolean>;
  end(id: string, at: number): Promise<void>;
}
