import type { Environment } from './environment-source.js';

/** The variables of this process, for commands that need no configuration file. */
export function processEnvironment(): Environment {
  return process.env;
}
