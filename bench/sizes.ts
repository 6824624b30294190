import { gather } from './crowd.js';
import { introspection, startHello, startOurs, type Competitor, type Name } from './competitors.js';
import type { LoadGenerator } from './load/load.js';
import { postgresTime } from './postgres-time.js';
import { median, print, type Line } from './report.js';
import { loadOnce, note } from './rounds.js';
import { startPostgres } from '../test/support/postgres.js';

export interface SizesOptions {
  readonly sizes: readonly number[];
  readonly rounds: number;
  readonly seconds: number;
}

const bench = 'sizes';
const connections = 32;
/** A table of ten million has 4 GB; what it is asked for must not come from the disk each time. */
const settings = { fsync: 'on', full_page_writes: 'on', shared_buffers: '4GB', max_wal_size: '16GB' };

/**
 * Introspection with ever more tokens in the database: what a request costs the server, and what it costs server and
 * PostgreSQL together. Asked about are some thousands, all over the table: as many as are in use at a time.
 */
export async function benchSizes(generator: LoadGenerator, options: SizesOptions): Promise<Line[]> {
  const postgres = await startPostgres(settings);
  const databaseUrl = await postgres.createDatabase();
  const ours = await startOurs(databaseUrl, { accessTokens: 1, refreshTokens: 1 });
  const bare = await startHello('node:http', 'bench/servers/hello-http.js', ours.credentials);
  try {
    const spentByDatabase = await postgresTime(databaseUrl);
    const lines: Line[] = [];
    const costs: number[] = [];
    let present = 1;
    for (const tokens of options.sizes) {
      const crowd = tokens > present ? await gather({ databaseUrl, tokens, present }) : undefined;
      present = Math.max(present, tokens);
      const accessTokens = crowd?.known ?? ours.credentials.accessTokens;
      const asked = { ...ours, credentials: { ...ours.credentials, accessTokens } };
      // A table that has just been filled is on the disk; what is measured is a server that was asked about each token once.
      const variant = `warm-up with ${spoken(tokens)}`;
      await loadOnce(generator, asked, { bench, variant, script: introspection, connections, seconds: 10 });
      const measured = await measure(generator, [bare, asked], spentByDatabase, tokens, options);
      lines.push(...measured.lines);
      costs.push(measured.cost);
    }
    const growth = new Map<Name, number[]>([['holdfast', [(costs.at(-1) ?? 0) / (costs[0] ?? 1)]]]);
    const variant = `cost of a request, ${spoken(options.sizes.at(-1) ?? 0)} to ${spoken(options.sizes[0] ?? 0)}`;
    lines.push(...print({ bench, variant, unit: '×', rounds: growth, against: ['node:http'] }));
    return lines;
  } finally {
    await Promise.all([ours.server.stop(), bare.server.stop()]);
    await postgres.remove();
  }
}

async function measure(
  generator: LoadGenerator,
  competitors: readonly Competitor[],
  spentByDatabase: () => number | undefined,
  tokens: number,
  { rounds, seconds }: SizesOptions,
): Promise<{ lines: Line[]; cost: number }> {
  const variant = `${spoken(tokens)}, ${connections} connections`;
  const rates = new Map<Name, number[]>();
  const server = new Map<Name, number[]>();
  const together = new Map<Name, number[]>();
  for (let round = 0; round < rounds; round++) {
    for (const competitor of competitors) {
      const before = [competitor.server.processorTime() ?? 0, spentByDatabase() ?? 0] as const;
      const common = { bench, variant, script: introspection, connections, seconds };
      const load = await loadOnce(generator, competitor, common);
      const spent = (competitor.server.processorTime() ?? 0) - before[0];
      const byDatabase = competitor.target.real ? (spentByDatabase() ?? 0) - before[1] : 0;
      note(rates, competitor.name, load.done / load.seconds);
      note(server, competitor.name, spent / load.answered);
      note(together, competitor.name, (spent + byDatabase) / load.answered);
    }
  }
  const common = { bench, against: ['node:http'] } as const;
  const lines = [
    ...print({ ...common, variant, unit: 'req/s', rounds: rates }),
    ...print({ ...common, variant: `${variant}, processor`, unit: 'µs/req', rounds: server }),
    ...print({
      ...common,
      variant: `${variant}, processor with PostgreSQL`,
      unit: 'µs/req',
      rounds: together,
    }),
  ];
  return { lines, cost: median(together.get('holdfast') ?? []) };
}

function spoken(tokens: number): string {
  if (tokens === 1) return '1 token';
  if (tokens >= 1_000_000) return `${tokens / 1_000_000} M tokens`;
  return tokens >= 1000 ? `${tokens / 1000} k tokens` : `${tokens} tokens`;
}
