import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { freePort } from '../../examples/support/free-port.js';
import { startServerProgram } from './server-program.js';

export interface Apache {
  readonly url: string;
  /** What it wrote into its error log. */
  log(): Promise<string>;
  close(): Promise<void>;
}

const loaded = ['mpm_event', 'authn_core', 'authz_core', 'authz_user', 'proxy', 'proxy_http', 'oauth2'];

/** A real Apache on a free port, with the modules for authentication, mod_oauth2, mod_proxy, and `more`. */
export async function startApache(settings: string, more: readonly string[] = []): Promise<Apache> {
  const program = process.env['TEST_APACHE_BIN'] ?? '/usr/sbin/apache2';
  const modules = process.env['TEST_APACHE_MODULES'] ?? '/usr/lib/apache2/modules';
  const folder = await mkdtemp(path.join(tmpdir(), 'holdfast-apache-'));
  const port = await freePort();
  const file = path.join(folder, 'apache.conf');
  await writeFile(
    file,
    [
      `ServerRoot ${folder}`,
      `DefaultRuntimeDir ${folder}`,
      `PidFile ${folder}/pid`,
      `ErrorLog ${folder}/error.log`,
      'LogLevel warn oauth2:debug',
      `Listen 127.0.0.1:${port}`,
      `ServerName localhost:${port}`,
      ...[...loaded, ...more].map((name) => `LoadModule ${name}_module ${modules}/mod_${name}.so`),
      // Started by root, it gives that up; the group has another name elsewhere than at Debian.
      ...(process.getuid?.() === 0 ? ['User nobody', 'Group #65534'] : []),
      settings,
    ].join('\n'),
  );
  const log = () => readFile(path.join(folder, 'error.log'), 'utf8').catch(() => '');
  const howTo =
    'apt-get install --no-install-recommends libapache2-mod-oauth2, or name it in TEST_APACHE_BIN';
  const args = ['-X', '-f', file];
  const server = await startServerProgram({ name: 'Apache', program, args, cwd: folder, port, log, howTo });
  return {
    url: `http://localhost:${port}`,
    log,
    close: async () => {
      await server.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
