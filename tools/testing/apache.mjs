// One interop test protects a page by Apache and mod_oauth2, unmodified. On Debian and its relatives, as root, they are installed
// (without Debian's package `apache2`, so no service comes along); elsewhere the run says what to do.
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import path from 'node:path';

const debianPackage = 'libapache2-mod-oauth2';
const modules = '/usr/lib/apache2/modules';

/** Path of an Apache that can load mod_oauth2, from `TEST_APACHE_BIN` or the usual place; undefined where there is none. */
export function findApache() {
  const given = process.env['TEST_APACHE_BIN'];
  if (given) return given;
  const file = '/usr/sbin/apache2';
  return isExecutable(file) && existsSync(path.join(modules, 'mod_oauth2.so')) ? file : undefined;
}

/** The same, after installing it where that can be done; throws an Error that says what to install. */
export function ensureApache() {
  const found = findApache();
  if (found) return found;
  if (process.getuid?.() === 0 && spawnSync('apt-get', ['--version'], { stdio: 'ignore' }).status === 0) {
    console.log(`mod_oauth2 is missing: installing Debian's package ${debianPackage} with apt-get …`);
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    const apt = (...args) =>
      spawnSync('apt-get', args, { stdio: ['ignore', 'ignore', 'inherit'], env }).status === 0;
    apt('update', '-qq');
    apt('install', '-y', '-qq', '--no-install-recommends', debianPackage);
    const installed = findApache();
    if (installed) return installed;
  }
  throw new Error(
    'The interop tests need Apache 2.4 with mod_oauth2 and none was found. Install it (Debian and Ubuntu: apt-get install ' +
      `--no-install-recommends ${debianPackage}), or name another in TEST_APACHE_BIN and its modules in TEST_APACHE_MODULES.`,
  );
}

function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
