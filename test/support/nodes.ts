import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { freePort } from '../../examples/support/free-port.js';
import type { ConfigFile } from '../../src/config/schema.js';
import { systemClock } from '../../src/lib/clock.js';
import { openStorage } from '../../src/storage/open.js';
import { testClients, testResources } from './clients.js';

/** A whole server in a process of its own. */
export interface ServerNode {
  /** Where this node listens; the issuer is the same on every node. */
  readonly url: string;
  readonly managementUrl: string;
  /** Everything it printed. */
  readonly output: string[];
  /** Ends it; resolves when it is gone. SIGKILL: as a crash would. */
  end(signal?: 'SIGTERM' | 'SIGKILL'): Promise<void>;
}

export interface Cluster {
  /** The address that clients know: that of the first node. */
  readonly issuer: string;
  readonly nodes: readonly ServerNode[];
  readonly masterKey: Buffer;
  /** Starts the node at this place again, on its old port. */
  restart(index: number): Promise<void>;
  close(): Promise<void>;
}

const running = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

const main = path.resolve(import.meta.dirname, '../../src/main.js');

/** Starts `count` servers with the test clients on one database, which is migrated first. */
export async function startCluster(
  databaseUrl: string,
  count: number,
  overrides: ConfigFile = {},
): Promise<Cluster> {
  await migrate(databaseUrl);
  const ports: (readonly [number, number])[] = [];
  for (let index = 0; index < count; index += 1) ports.push([await freePort(), await freePort()]);
  const issuer = `http://localhost:${ports[0]?.[0]}`;
  const masterKey = randomBytes(32);
  const start = ([port, managementPort]: readonly [number, number]) =>
    startNode(port, managementPort, {
      issuer,
      rp_id: 'localhost',
      host: '127.0.0.1',
      environment: 'test',
      database_url: databaseUrl,
      secret_key: masterKey.toString('base64url'),
      clients: testClients,
      resources: testResources,
      example_gateway: { enabled: false },
      dangerously_allow_test_login: true,
      accounts: { email_at_sign_up: 'optional' },
      log_level: 'debug',
      ...overrides,
    });
  const nodes = await startAll(ports.map(start));
  return {
    issuer,
    nodes,
    masterKey,
    async restart(index) {
      const place = ports[index];
      if (place) nodes[index] = await start(place);
    },
    close: async () => void (await Promise.all(nodes.map((node) => node.end('SIGKILL')))),
  };
}

/** All of them or none: one that can't start takes the others with it. */
async function startAll(starting: readonly Promise<ServerNode>[]): Promise<ServerNode[]> {
  try {
    return await Promise.all(starting);
  } catch (error) {
    for (const each of await Promise.allSettled(starting)) {
      if (each.status === 'fulfilled') await each.value.end('SIGKILL');
    }
    throw error;
  }
}

async function migrate(databaseUrl: string): Promise<void> {
  const storage = await openStorage({ databaseUrl, dataFolder: undefined, clock: systemClock });
  await storage.migrate();
  await storage.close();
}

async function startNode(port: number, managementPort: number, config: ConfigFile): Promise<ServerNode> {
  const folder = mkdtempSync(path.join(tmpdir(), 'holdfast-node-'));
  const file = path.join(folder, 'holdfast.yaml');
  writeFileSync(
    file,
    JSON.stringify({ data_dir: folder, port, management_port: managementPort, ...config }),
    { mode: 0o600 },
  );
  const child = spawn(process.execPath, ['--enable-source-maps', main], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: process.env['PATH'],
      HOLDFAST_CONFIG: file,
      NODE_V8_COVERAGE: process.env['NODE_V8_COVERAGE'],
    },
  });
  running.add(child);
  child.once('exit', () => running.delete(child));
  const output: string[] = [];
  child.stdout.on('data', (chunk: Buffer) => output.push(chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => output.push(chunk.toString()));
  const managementUrl = `http://127.0.0.1:${managementPort}`;
  await answering(child, `${managementUrl}/readyz`, output);
  return {
    url: `http://127.0.0.1:${port}`,
    managementUrl,
    output,
    async end(signal = 'SIGTERM') {
      if (child.exitCode === null && child.signalCode === null) {
        const exited = once(child, 'exit');
        child.kill(signal);
        await exited;
      }
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function answering(child: ChildProcess, url: string, output: readonly string[]): Promise<void> {
  for (let attempt = 0; attempt < 200 && child.exitCode === null; attempt += 1) {
    const ready = await fetch(url).then(
      ({ ok }) => ok,
      () => false,
    );
    if (ready) return;
    await wait(50);
  }
  child.kill('SIGKILL');
  throw new Error(`the node did not become ready:\n${output.join('').slice(-3000)}`);
}
