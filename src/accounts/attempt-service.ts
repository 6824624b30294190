import type { Config } from '../config/schema.js';
import type { Clock } from '../lib/clock.js';
import type { SecurityEvents } from '../observability/events.js';
import type { Asker, AttemptLimits } from './attempt-limits.js';
import { codePace, countedAt, countedForMail, mailPace } from './attempt-policy.js';
import type { AttemptStore } from './attempt-store.js';
import type { KnownBrowserService } from './known-browser-service.js';

export interface AttemptPorts {
  readonly attempts: AttemptStore;
  readonly limits: Config['limits'];
  /** 32 bytes: addresses are kept by keyed digest. */
  readonly key: Uint8Array;
  readonly clock: Clock;
  readonly knownBrowsers: Pick<KnownBrowserService, 'knows'>;
  readonly events: Pick<SecurityEvents, 'guessingSlowed' | 'mailWithheld'>;
}

/** The limits, counted in the database. */
export function createAttemptLimits(ports: AttemptPorts): AttemptLimits {
  const { attempts, limits, key, clock, events } = ports;
  const now = () => new Date(clock.now());
  const proven = async <Who extends Asker>(subject: string, asker: Who) => {
    const known = await ports.knownBrowsers.knows(subject, asker.browser);
    return { ...asker, knownBrowser: known ? asker.browser : undefined };
  };
  return {
    async take(attempt) {
      const who = await proven(attempt.subject, attempt);
      const { own, shared } = countedAt(who, limits, key);
      const wait = await attempts.take([...own, ...shared], codePace(limits), now());
      if (wait <= 0) return undefined;
      events.guessingSlowed({ kind: attempt.kind, known: who.knownBrowser !== undefined });
      return Math.ceil(wait);
    },
    async succeeded(attempt) {
      const { own, shared } = countedAt(await proven(attempt.subject, attempt), limits, key);
      await attempts.forgive(own, shared, now());
    },
    async takeMail(to, asker) {
      const who = await proven(to, asker);
      const wait = await attempts.take(countedForMail(to, who, limits, key), mailPace, now());
      if (wait > 0) events.mailWithheld({ known: who.knownBrowser !== undefined });
      return wait <= 0;
    },
  };
}
