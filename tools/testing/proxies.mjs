// The configurations of examples/nginx and examples/caddy are tried with the real programs.
import { ensureProgram, isExecutable } from './debian.mjs';

/** Path of an nginx with auth_request, from `TEST_NGINX_BIN` or the usual place; throws what to install. */
export function ensureNginx() {
  return ensure('nginx with auth_request', 'nginx', 'TEST_NGINX_BIN', '/usr/sbin/nginx');
}

/** The same of Caddy, from `TEST_CADDY_BIN`. */
export function ensureCaddy() {
  return ensure('Caddy 2.6 or newer', 'caddy', 'TEST_CADDY_BIN', '/usr/bin/caddy');
}

function ensure(what, debianPackage, variable, file) {
  return ensureProgram({
    what,
    packages: [debianPackage],
    find: () => process.env[variable] || (isExecutable(file) ? file : undefined),
    otherwise: `name another in ${variable}`,
  });
}
