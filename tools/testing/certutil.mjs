// One browser test has Chromium trust an authority as people do: by certutil, in its NSS database.
import { ensureProgram, isExecutable } from './debian.mjs';

const program = '/usr/bin/certutil';

/** Path of NSS's certutil; throws what to install. */
export function ensureCertutil() {
  return ensureProgram({
    what: 'certutil',
    packages: ['libnss3-tools'],
    find: () => process.env['TEST_CERTUTIL_BIN'] ?? (isExecutable(program) ? program : undefined),
    otherwise: 'name another one in TEST_CERTUTIL_BIN',
  });
}
