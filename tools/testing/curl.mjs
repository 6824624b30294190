// One interop test calls through the loopback proxy by curl, unmodified.
import { ensureProgram, isExecutable } from './debian.mjs';

const program = '/usr/bin/curl';

/** Path of curl; throws what to install. */
export function ensureCurl() {
  return ensureProgram({
    what: 'curl',
    packages: ['curl'],
    find: () => process.env['TEST_CURL_BIN'] ?? (isExecutable(program) ? program : undefined),
    otherwise: 'name another one in TEST_CURL_BIN',
  });
}
