import { pino, type Logger as PinoLogger } from 'pino';
import type { Config } from '../config/schema.js';
import { describeError, redactFields } from './redaction.js';
import { scrubSecrets } from './scrub.js';

/** Writes JSON lines. Call as `logger.info({ facts }, 'sentence')`; errors go under `err`. */
export type Logger = Pick<PinoLogger, 'debug' | 'info' | 'warn' | 'error'>;

/** Where lines go; each ends with a newline. */
export interface LogDestination {
  write(line: string): void;
}

/** A logger that holds law 7: forbidden fields are redacted by name, and the finished line is scrubbed by shape. */
export function createLogger(
  { log_level: level }: Pick<Config, 'log_level'>,
  destination: LogDestination = pino.destination(1),
): Logger {
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }), log: redactFields },
      serializers: { err: (error: unknown) => describeError(error) },
    },
    { write: (line: string) => destination.write(scrubSecrets(line)) },
  );
}
