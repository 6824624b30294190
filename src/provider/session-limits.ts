import type { Config } from '../config/schema.js';
import type { SessionLimits } from './session-store.js';

/** How long the config lets a session's cookie work. */
export function sessionLimitsOf({
  lifetimes,
  sessions,
}: Pick<Config, 'lifetimes' | 'sessions'>): SessionLimits {
  return { idleSeconds: lifetimes.session_idle, unboundSeconds: sessions.unbound };
}
