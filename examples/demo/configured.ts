import { readFileSync } from 'node:fs';
import path from 'node:path';
import { loadConfig } from '../../src/config/load.js';

// Wherever the server was started.
const shipped = path.resolve(import.meta.dirname, '../../../config/holdfast.yaml');

interface Reading {
  /** Another reading of the shipped configuration: its text, changed. */
  readonly rewrite?: (yaml: string) => string;
  readonly localTls?: boolean;
}

/** The shipped configuration, as the story's servers have it. */
export function configure(
  env: Readonly<Record<string, string>>,
  { rewrite = (yaml) => yaml, localTls = false }: Reading = {},
) {
  const loaded = loadConfig({
    readFile: () => rewrite(readFileSync(shipped, 'utf8')),
    env: {
      MANAGEMENT_PORT: '0',
      // The story starts the gateway itself, to read its meter.
      HOLDFAST_EXAMPLE_GATEWAY_ENABLED: 'false',
      HOLDFAST_LOG_LEVEL: 'silent',
      // Nobody reads mail in the story.
      HOLDFAST_ACCOUNTS_EMAIL_AT_SIGN_UP: 'optional',
      ...env,
    },
    localTls,
  });
  if (loaded.ok) return loaded.config;
  throw new Error(loaded.problems.map(({ setting, message }) => `${setting} ${message}`).join('\n'));
}
