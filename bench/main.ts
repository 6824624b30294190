import { parseArgs } from 'node:util';
import {
  clientCredentials,
  introspection,
  refreshing,
  startCompetitors,
  type Bench,
  type Wish,
} from './competitors.js';
import { benchCalls } from './calls.js';
import { benchGateway } from './gateway.js';
import { LoadGenerator } from './load/load.js';
import { describeMachine, leaveFirstCore } from './machine.js';
import { benchOutage } from './outage.js';
import type { Line } from './report.js';
import { writeResults } from './results.js';
import { benchRevoke } from './revoke.js';
import { benchRevokeEverywhere } from './revoke-everywhere.js';
import { runRounds } from './rounds.js';
import { benchSizes } from './sizes.js';
import { benchStart } from './start.js';

const usage = `npm run bench -- introspect|sizes|calls|gateway|token|revoke|start|outage [--rounds 3] [--seconds 2] [--most 10000000] [--write]

Prints one JSON line for each measurement and reference. All servers run in one go, against one real PostgreSQL, and
are loaded in turns. --write also puts the results into bench/RESULTS.md.
`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '2' },
    most: { type: 'string', default: '10000000' },
    write: { type: 'boolean', default: false },
  },
});
const rounds = Number(values.rounds);
const seconds = Number(values.seconds);
/** How many tokens the database has. */
const sizes = [1, 10_000, 1_000_000, 10_000_000].filter((size) => size <= Number(values.most));

/** Over the usual servers, or one that starts what it needs itself. */
type Benchmark =
  | { readonly wish: Wish; readonly run: (bench: Bench, generator: LoadGenerator) => Promise<Line[]> }
  | { readonly alone: (generator: LoadGenerator) => Promise<Line[]> };

const revocations = 20;
const lanes = 32;

const benchmarks: Readonly<Record<string, Benchmark>> = {
  introspect: {
    wish: { accessTokens: 100, refreshTokens: 1, forgetful: true },
    run: async ({ competitors, forgetful }, generator) => {
      const common = { bench: 'introspect', competitors, script: introspection, rounds, seconds };
      const none = { ...common, competitors: forgetful };
      const [few, many] = ['opaque, 32 connections', 'opaque, 128 connections'];
      return [
        ...(await runRounds(generator, { ...common, variant: few, connections: 32 })),
        ...(await runRounds(generator, { ...common, variant: many, connections: 128 })),
        ...(await runRounds(generator, { ...none, variant: `${few}, nothing kept`, connections: 32 })),
        ...(await runRounds(generator, { ...none, variant: `${many}, nothing kept`, connections: 128 })),
      ];
    },
  },
  token: {
    wish: { accessTokens: 0, refreshTokens: lanes },
    run: async ({ competitors }, generator) => {
      const common = { bench: 'token', competitors, connections: lanes, rounds, seconds };
      const [refresh, own] = [`refresh, ${lanes} connections`, `client_credentials, ${lanes} connections`];
      return [
        ...(await runRounds(generator, { ...common, variant: refresh, script: refreshing })),
        ...(await runRounds(generator, { ...common, variant: own, script: clientCredentials })),
      ];
    },
  },
  calls: { alone: (generator) => benchCalls(generator, { rounds, seconds }) },
  gateway: { alone: (generator) => benchGateway(generator, { rounds, seconds }) },
  sizes: { alone: (generator) => benchSizes(generator, { sizes, rounds, seconds }) },
  start: { alone: () => benchStart(rounds) },
  outage: { alone: () => benchOutage(rounds) },
  revoke: {
    wish: { accessTokens: revocations, refreshTokens: 1 },
    run: async (bench) => [
      ...(await benchRevoke(bench, revocations)),
      ...(await benchRevokeEverywhere(revocations)),
    ],
  },
};

const [name = ''] = positionals;
const benchmark = benchmarks[name];
if (benchmark && rounds > 0 && seconds > 0) await measure(benchmark);
else {
  process.stderr.write(usage);
  process.exitCode = 2;
}

async function measure(chosen: Benchmark): Promise<void> {
  const machine = describeMachine();
  process.stderr.write(`${machine}\n`);
  leaveFirstCore();
  const generator = new LoadGenerator();
  try {
    const lines = 'alone' in chosen ? await chosen.alone(generator) : await together(chosen, generator);
    if (values.write) writeResults(name, machine, lines);
  } finally {
    generator.stop();
  }
}

async function together(
  { wish, run }: Extract<Benchmark, { readonly run: unknown }>,
  generator: LoadGenerator,
): Promise<Line[]> {
  const bench = await startCompetitors(wish);
  try {
    return await run(bench, generator);
  } finally {
    await bench.stop();
  }
}
