import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { freePort } from '../../examples/support/free-port.js';

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
  const child = spawn(program, ['-X', '-f', file], { stdio: ['ignore', 'inherit', 'inherit'] });
  const orphaned = () => void child.kill('SIGKILL');
  process.once('exit', orphaned);
  const log = () => readFile(path.join(folder, 'error.log'), 'utf8').catch(() => '');
  await listening(port, child, log);
  return {
    url: `http://localhost:${port}`,
    log,
    close: async () => {
      process.off('exit', orphaned);
      if (child.exitCode === null && child.signalCode === null) {
        const ended = once(child, 'exit');
        child.kill('SIGTERM');
        await ended;
      }
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Resolves when it takes connections; rejects with its log, or with what to install, when it has ended instead. */
async function listening(port: number, child: ChildProcess, log: () => Promise<string>): Promise<void> {
  const state = { over: false };
  const ended = once(child, 'exit').then(
    async () => {
      state.over = true;
      throw new Error(`Apache has ended:\n${await log()}`);
    },
    (cause: unknown) => {
      state.over = true;
      const howTo =
        'apt-get install --no-install-recommends libapache2-mod-oauth2, or name it in TEST_APACHE_BIN';
      throw new Error(`Apache could not be started: ${howTo}`, { cause });
    },
  );
  const knocking = (async () => {
    // oxlint-disable-next-line no-await-in-loop
    while (!state.over && !(await answers(port))) continue;
  })();
  await Promise.race([ended, knocking]);
  if (state.over) await ended;
  ended.catch(() => {});
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true));
    socket.once('error', () => setTimeout(resolve, 20, false));
    socket.once('connect', () => socket.destroy());
  });
}
