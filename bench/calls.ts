import { generateKeyPairSync, sign, verify } from 'node:crypto';
import { closeSync, fdatasyncSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startPostgres } from '../test/support/postgres.js';
import { startOurs, type Competitor, type Name } from './competitors.js';
import type { LoadGenerator } from './load/load.js';
import type { Script } from './load/scripts.js';
import { print, type Line } from './report.js';
import { loadOnce, note } from './rounds.js';

export interface CallsOptions {
  readonly rounds: number;
  readonly seconds: number;
}

const bench = 'calls';
const connections = 32;
/** What proofs name: an address of the resource. */
const calledPath = 'v1/chat/completions';

/**
 * Calls with a fresh proof each, on as many keys as connections, against what one core can verify of ES256 alone: all
 * that is done, to the one thing that can't be left out. Then at half of that load, against the disk's own fsync.
 */
export async function benchCalls(
  generator: LoadGenerator,
  { rounds, seconds }: CallsOptions,
): Promise<Line[]> {
  const postgres = await startPostgres({ fsync: 'on', full_page_writes: 'on', shared_buffers: '256MB' });
  const figures = { rate: fresh(), cost: fresh(), p99: fresh(), half: fresh() };
  const ours = await startOurs(await postgres.createDatabase(), {
    accessTokens: connections,
    refreshTokens: connections,
  });
  try {
    const common = { bench, script: calls, connections, seconds };
    await loadOnce(generator, ours, { ...common, variant: 'warm-up', seconds: 5 });
    for (let round = 0; round < rounds; round++) {
      const single = verifying(seconds);
      note(figures.rate, 'es256 verify', 1_000_000 / single);
      note(figures.cost, 'es256 verify', single);
      const before = ours.server.processorTime();
      const full = await loadOnce(generator, ours, { ...common, variant: 'full' });
      const after = ours.server.processorTime();
      note(figures.rate, 'holdfast', full.done / full.seconds);
      note(figures.p99, 'holdfast', full.p99);
      if (before !== undefined && after !== undefined) {
        note(figures.cost, 'holdfast', (after - before) / full.answered);
      }
      const disk = syncing(seconds);
      note(figures.p99, 'fsync', disk);
      note(figures.half, 'fsync', disk);
      const pace = full.done / full.seconds / 2;
      const half = await loadOnce(generator, ours, { ...common, variant: 'half', pace });
      note(figures.half, 'holdfast', half.p99);
    }
  } finally {
    await ours.server.stop();
    await postgres.remove();
  }
  const variant = `fresh proofs, ${connections} connections`;
  const verified = { bench, against: ['es256 verify'] } as const;
  const synced = { bench, unit: 'ms', against: ['fsync'] } as const;
  return [
    ...print({ ...verified, variant, unit: 'req/s', rounds: figures.rate }),
    ...print({ ...verified, variant: `${variant}, processor`, unit: 'µs/req', rounds: figures.cost }),
    ...print({ ...synced, variant: `${variant}, p99`, rounds: figures.p99 }),
    ...print({ ...synced, variant: `${variant}, p99 at half load`, rounds: figures.half }),
  ];
}

function calls({ credentials }: Competitor): Script {
  return {
    kind: 'calls',
    authorization: credentials.resourceServer,
    callers: credentials.keys.map((key, index) => ({ key, token: credentials.accessTokens[index] ?? '' })),
    url: credentials.resource + calledPath,
    model: 'echo',
  };
}

/** Microseconds of processor time that one verification takes with a key that is imported already. */
function verifying(seconds: number): number {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const message = Buffer.alloc(600, 'a');
  const encoding = { dsaEncoding: 'ieee-p1363' } as const;
  const signature = sign('sha256', message, { key: privateKey, ...encoding });
  const end = performance.now() + seconds * 1000;
  const before = process.cpuUsage();
  let done = 0;
  for (; performance.now() < end; done++) {
    if (!verify('sha256', message, { key: publicKey, ...encoding }, signature)) throw new Error('it holds');
  }
  const { user, system } = process.cpuUsage(before);
  return (user + system) / done;
}

/** The 99th percentile of how long a page takes to the disk, in milliseconds. */
function syncing(seconds: number): number {
  const folder = mkdtempSync(path.join(tmpdir(), 'holdfast-fsync-'));
  const file = openSync(path.join(folder, 'log'), 'w');
  const page = Buffer.alloc(8192);
  const times: number[] = [];
  const end = performance.now() + seconds * 1000;
  for (let now = performance.now(); now < end; now = performance.now()) {
    writeSync(file, page);
    fdatasyncSync(file);
    times.push(performance.now() - now);
  }
  closeSync(file);
  rmSync(folder, { recursive: true });
  times.sort((a, b) => a - b);
  return times[Math.floor(times.length * 0.99)] ?? 0;
}

function fresh(): Map<Name, number[]> {
  return new Map();
}
