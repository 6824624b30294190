// Programs that interop tests run unmodified. On Debian and its relatives, as root, they are installed (without what is only
// recommended, and without starting services); elsewhere the run says what to do.
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, rmSync, writeFileSync } from 'node:fs';

/**
 * The path that `find` gives, after installing `packages` where it gave none and that can be done.
 * Throws an Error that says what to install.
 */
export function ensureProgram({ what, packages, find, otherwise }) {
  const found = find();
  if (found) return found;
  if (process.getuid?.() === 0 && spawnSync('apt-get', ['--version'], { stdio: 'ignore' }).status === 0) {
    console.log(`${what} is missing: installing ${packages.join(', ')} with apt-get …`);
    withoutServices(() => install(packages));
    const installed = find();
    if (installed) return installed;
  }
  throw new Error(
    `The interop tests need ${what} and none was found. Install it (Debian and Ubuntu: apt-get install ` +
      `--no-install-recommends ${packages.join(' ')}), or ${otherwise}.`,
  );
}

export function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function install(packages) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const apt = (...args) =>
    spawnSync('apt-get', args, { stdio: ['ignore', 'ignore', 'inherit'], env }).status === 0;
  apt('update', '-qq');
  apt('install', '-y', '-qq', '--no-install-recommends', ...packages);
}

/** Debian's way to install a server without starting it: what this file says is asked before any service is started. */
function withoutServices(work) {
  const policy = '/usr/sbin/policy-rc.d';
  const ours = !existsSync(policy);
  if (ours) writeFileSync(policy, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  try {
    work();
  } finally {
    if (ours) rmSync(policy, { force: true });
  }
}
