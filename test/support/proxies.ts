import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { ProxyName } from '../../src/gateway/authz/proxies.js';
import { startServerProgram } from './server-program.js';

/** A real proxy, by the very configuration of its example: nothing is changed in it but the ports. */
export interface ExampleProxy {
  readonly port: number;
  close(): Promise<void>;
}

export type RealProxy = Extract<ProxyName, 'nginx' | 'caddy'>;

export interface ProxyWish {
  readonly proxy: RealProxy;
  readonly port: number;
  readonly gatewayPort: number;
  readonly modelsPort: number;
  readonly secret: string;
}

const programs = {
  nginx: {
    program: () => process.env['TEST_NGINX_BIN'] ?? '/usr/sbin/nginx',
    args: (folder: string) => [
      '-p',
      folder,
      '-e',
      'stderr',
      '-c',
      'nginx.conf',
      '-g',
      // Started by root, its workers give that up, and could not reach the folder any more.
      `daemon off;${process.getuid?.() === 0 ? ' user root;' : ''}`,
    ],
    howTo: 'apt-get install --no-install-recommends nginx, or name it in TEST_NGINX_BIN',
  },
  caddy: {
    program: () => process.env['TEST_CADDY_BIN'] ?? '/usr/bin/caddy',
    args: () => ['run', '--config', 'Caddyfile'],
    howTo: 'apt-get install --no-install-recommends caddy, or name it in TEST_CADDY_BIN',
  },
} as const;

export async function startExampleProxy(wish: ProxyWish): Promise<ExampleProxy> {
  const { proxy, port, gatewayPort, modelsPort, secret } = wish;
  const folder = await mkdtemp(path.join(tmpdir(), `holdfast-${proxy}-`));
  await cp(path.resolve(import.meta.dirname, '../../../examples', proxy), folder, { recursive: true });
  const ports = { 6181: port, 6190: gatewayPort, 6195: modelsPort };
  for (const name of await readdir(folder)) {
    // oxlint-disable-next-line no-await-in-loop
    await renumber(path.join(folder, name), ports);
  }
  // As its README says.
  if (proxy === 'nginx') {
    const line = `proxy_set_header X-Holdfast-Proxy "${secret}";\n`;
    await writeFile(path.join(folder, 'holdfast-secret.conf'), line, { mode: 0o600 });
  }
  const { program, args, howTo } = programs[proxy];
  const server = await startServerProgram({
    name: proxy,
    program: program(),
    args: args(folder),
    cwd: folder,
    environment: { HOLDFAST_AUTHZ_SECRET: secret, XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder },
    port,
    howTo,
  });
  return {
    port,
    close: async () => {
      await server.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function renumber(file: string, ports: Readonly<Record<string, number>>): Promise<void> {
  const text = await readFile(file, 'utf8');
  await writeFile(
    file,
    text.replace(/:(6181|6190|6195)\b/g, (_, port: string) => `:${ports[port]}`),
  );
}
