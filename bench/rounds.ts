import type { Competitor, Name } from './competitors.js';
import type { Load } from './load/generator.js';
import type { LoadGenerator } from './load/load.js';
import type { Script } from './load/scripts.js';
import { print, type Line } from './report.js';

export interface RoundOptions {
  readonly bench: string;
  readonly variant: string;
  readonly competitors: readonly Competitor[];
  readonly script: (competitor: Competitor) => Script;
  readonly connections: number;
  readonly rounds: number;
  readonly seconds: number;
}

const tolerated = 0.001;
const warmUpSeconds = 0.5;

/** Loads one server after another, round by round, so that a noisy minute hits all of them; prints what came out. */
export async function runRounds(generator: LoadGenerator, options: RoundOptions): Promise<Line[]> {
  const { bench, variant, competitors, rounds } = options;
  const rates = new Map<Name, number[]>();
  const slowest = new Map<Name, number[]>();
  const processor = new Map<Name, number[]>();
  for (let round = 0; round < rounds; round++) {
    for (const competitor of rotated(competitors, round)) {
      const before = competitor.server.processorTime();
      const load = await loadOnce(generator, competitor, options);
      const spent = competitor.server.processorTime();
      note(rates, competitor.name, load.done / load.seconds);
      note(slowest, competitor.name, load.p99);
      if (before !== undefined && spent !== undefined) {
        note(processor, competitor.name, (spent - before) / load.answered);
      }
    }
  }
  const processorTime = { bench, variant: `${variant}, processor`, unit: 'µs/req', rounds: processor };
  return [
    ...print({ bench, variant, unit: 'req/s', rounds: rates }),
    ...print({ bench, variant: `${variant}, p99`, unit: 'ms', rounds: slowest }),
    ...(processor.size > 0 ? print(processorTime) : []),
  ];
}

/** One load on one server. */
export interface LoadOptions extends Omit<RoundOptions, 'competitors' | 'rounds'> {
  /** Requests a second; unset: as many as are answered. */
  readonly pace?: number;
}

export async function loadOnce(
  generator: LoadGenerator,
  competitor: Competitor,
  { bench, variant, script, connections, seconds, pace }: LoadOptions,
): Promise<Load> {
  const name = `${bench} ${variant} ${competitor.name}`;
  const load = await generator.run({
    name,
    target: competitor.target,
    script: script(competitor),
    connections,
    warmUpSeconds,
    seconds,
    ...(pace !== undefined && { pace }),
  });
  if (load.failed > load.done * tolerated) {
    throw new Error(`${name}: ${load.failed} requests failed, ${load.done} did not. First: ${load.failure}`);
  }
  return load;
}

function rotated<Item>(items: readonly Item[], by: number): Item[] {
  const start = by % items.length;
  return [...items.slice(start), ...items.slice(0, start)];
}

export function note(figures: Map<Name, number[]>, name: Name, figure: number): void {
  figures.set(name, [...(figures.get(name) ?? []), figure]);
}
