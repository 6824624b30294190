import { readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import pg from 'pg';
import { postForm } from './device.js';
import { introspect, refresh, revoke, signIn } from './login.js';
import { startCluster, type Cluster } from './nodes.js';
import { atOnce } from './parallel.js';
import { startPostgres, type PostgresServer } from './postgres.js';

/** What callers saw while a part was away. */
export interface OutageReport {
  /** Answers by what they were: `200`, `503`, `no answer`. */
  readonly seen: Readonly<Record<string, number>>;
  /** Introspections of a token that was revoked before that said active. */
  readonly wrongPositives: number;
  /** Milliseconds from the moment when the part was back until each node, or the node that is left, gave a good answer. */
  readonly recovery: number;
  /** Milliseconds of the slowest answer of all. */
  readonly slowest: number;
}

const callers = 16;
const patience = 30_000;

/** Two nodes on a PostgreSQL, under load by many callers, of which parts are taken away. */
export class OutageDesk {
  readonly #postgres: PostgresServer;
  readonly #cluster: Cluster;
  readonly #databaseUrl: string;
  readonly #live: string;
  readonly #revoked: string;
  #family: { readonly device: Awaited<ReturnType<typeof signIn>>['device']; refreshToken: string };

  private constructor(
    postgres: PostgresServer,
    cluster: Cluster,
    databaseUrl: string,
    tokens: { readonly live: string; readonly revoked: string },
    family: Awaited<ReturnType<typeof signIn>>,
  ) {
    this.#postgres = postgres;
    this.#cluster = cluster;
    this.#databaseUrl = databaseUrl;
    this.#live = tokens.live;
    this.#revoked = tokens.revoked;
    this.#family = family;
  }

  /** `settings`: lines of postgresql.conf. */
  static async open(settings: Record<string, string> = {}): Promise<OutageDesk> {
    const postgres = await startPostgres(settings);
    const databaseUrl = await postgres.createDatabase();
    const cluster = await startCluster(databaseUrl, 2);
    const { issuer } = cluster;
    const [live, revoked, family] = await atOnce(3, (index) => signIn({ issuer, login: `outage-${index}` }));
    if (!live || !revoked || !family) throw new Error('nobody could sign in');
    await revoke(issuer, revoked.accessToken);
    const tokens = { live: live.accessToken, revoked: revoked.accessToken };
    return new OutageDesk(postgres, cluster, databaseUrl, tokens, family);
  }

  /** Kills the database as a crash of its machine would, and starts it again. */
  async databaseCrash(): Promise<OutageReport> {
    const folder = await this.#dataFolder();
    return this.#under(async () => {
      process.kill(
        Number(readFileSync(path.join(folder, 'postmaster.pid'), 'utf8').split('\n')[0]),
        'SIGKILL',
      );
      await wait(500);
      await this.#postgres.stop();
      await this.#postgres.start();
      return [0, 1];
    });
  }

  /** Kills the second node; its callers go to the other. */
  async nodeCrash(): Promise<OutageReport> {
    const report = await this.#under(async () => {
      await this.#cluster.nodes[1]?.end('SIGKILL');
      return [0];
    });
    await this.#cluster.restart(1);
    return report;
  }

  /** Whether the family that was refreshing throughout still lives. */
  async familyLives(): Promise<boolean> {
    const { device, refreshToken } = this.#family;
    return (await refresh(this.#cluster.issuer, refreshToken, device)).status === 200;
  }

  async close(): Promise<void> {
    await this.#cluster.close();
    await this.#postgres.remove();
  }

  /** Loads both nodes while `disturb` does its work and until every node that it says is left has answered well. */
  async #under(disturb: () => Promise<number[]>): Promise<OutageReport> {
    const seen: Record<string, number> = {};
    const state = { over: false, wrongPositives: 0, slowest: 0 };
    const call = async (index: number): Promise<void> => {
      const began = performance.now();
      const asked = index % 2 === 0 ? this.#live : this.#revoked;
      const answer = await introspect(this.#url(index >> 1), asked).catch(() => undefined);
      state.slowest = Math.max(state.slowest, performance.now() - began);
      const what = answer === undefined ? 'no answer' : String(answer.status);
      seen[what] = (seen[what] ?? 0) + 1;
      if (asked === this.#revoked && answer?.body['active'] === true) state.wrongPositives += 1;
    };
    const load = atOnce(callers, async (caller) => {
      for (let turn = caller; !state.over; turn += 1) await call(turn);
    });
    const refreshing = this.#refreshUntil(() => state.over, seen);
    await wait(300);
    const left = await disturb();
    const back = performance.now();
    await Promise.all(left.map((node) => this.#answersWell(node)));
    const recovery = performance.now() - back;
    await wait(300);
    state.over = true;
    await Promise.all([load, refreshing]);
    return { seen, wrongPositives: state.wrongPositives, recovery, slowest: state.slowest };
  }

  async #refreshUntil(over: () => boolean, seen: Record<string, number>): Promise<void> {
    while (!over()) {
      const { device, refreshToken } = this.#family;
      const form = { grant_type: 'refresh_token', refresh_token: refreshToken, client_id: 'spa' };
      const proof = await device.proof('POST', `${this.#cluster.issuer}/token`);
      const answer = await postForm({ url: `${this.#url(0)}/token`, form }, proof).catch(() => undefined);
      const what = answer === undefined ? 'no answer' : String(answer.status);
      seen[what] = (seen[what] ?? 0) + 1;
      if (answer?.status === 200) {
        this.#family = { device, refreshToken: answer.body['refresh_token'] as string };
      } else await wait(20);
    }
  }

  async #answersWell(node: number): Promise<void> {
    const until = performance.now() + patience;
    while (performance.now() < until) {
      const answer = await introspect(this.#url(node), this.#live).catch(() => undefined);
      if (answer?.status === 200 && answer.body['active'] === true) return;
      await wait(10);
    }
    throw new Error(`node ${node} did not recover within ${patience} ms`);
  }

  async #dataFolder(): Promise<string> {
    const client = new pg.Client({ connectionString: this.#databaseUrl });
    await client.connect();
    const { rows } = await client.query<{ data_directory: string }>('SHOW data_directory');
    await client.end();
    return rows[0]?.data_directory ?? '';
  }

  #url(index: number): string {
    const { nodes } = this.#cluster;
    return nodes[index % nodes.length]?.url ?? '';
  }
}
