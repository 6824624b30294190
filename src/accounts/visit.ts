import type { Asker } from './attempt-limits.js';

/** Who asks for a mail, and in which language she is answered. */
export interface Visit {
  readonly asker: Asker;
  readonly locale: string;
}
