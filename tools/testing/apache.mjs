// One interop test protects a page by Apache and mod_oauth2, unmodified (without Debian's package `apache2`, so no service comes along).
import { existsSync } from 'node:fs';
import path from 'node:path';
import { ensureProgram, isExecutable } from './debian.mjs';

const modules = '/usr/lib/apache2/modules';

/** Path of an Apache that can load mod_oauth2, from `TEST_APACHE_BIN` or the usual place; throws what to install. */
export function ensureApache() {
  return ensureProgram({
    what: 'Apache 2.4 with mod_oauth2',
    packages: ['libapache2-mod-oauth2'],
    find() {
      const given = process.env['TEST_APACHE_BIN'];
      if (given) return given;
      const file = '/usr/sbin/apache2';
      return isExecutable(file) && existsSync(path.join(modules, 'mod_oauth2.so')) ? file : undefined;
    },
    otherwise: 'name another in TEST_APACHE_BIN and its modules in TEST_APACHE_MODULES',
  });
}
