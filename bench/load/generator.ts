/* A process of its own: takes one job after another by IPC and loads a server with it. */
import { setPriority } from 'node:os';
import { Connection } from './connection.js';
import { createLine, type Line, type Script, type Target } from './scripts.js';

export interface Job {
  /** Runs of one name go on with the same nonces and refresh tokens. */
  readonly name: string;
  readonly target: Target;
  readonly script: Script;
  readonly connections: number;
  readonly warmUpSeconds: number;
  readonly seconds: number;
  /** Requests a second over all connections; unset: as many as are answered. */
  readonly pace?: number;
}

export interface Load {
  readonly done: number;
  /** Requests that the server answered, the warm-up's too. */
  readonly answered: number;
  readonly failed: number;
  /** The first thing that went wrong, for the person at the bench. */
  readonly failure?: string;
  readonly seconds: number;
  /** Milliseconds of the request at this rank. */
  readonly p50: number;
  readonly p99: number;
}

interface Lane {
  readonly line: Line;
  readonly connection: Connection;
}

// It shares a core with PostgreSQL, which must not wait until the generator has a pause.
setPriority(10);

/** Lines outlive a run, since refresh tokens and nonces go on. */
const lines = new Map<string, Line>();

async function run(job: Job): Promise<Load> {
  const lanes = await Promise.all(
    Array.from({ length: job.connections }, async (_, index): Promise<Lane> => {
      const name = `${job.name} ${index}`;
      const line = lines.get(name) ?? createLine(job.script, job.target, index, job.connections);
      lines.set(name, line);
      return { line, connection: await Connection.open(job.target.port) };
    }),
  );
  const warmUp = await measure(lanes, job.warmUpSeconds, job.pace);
  const load = await measure(lanes, job.seconds, job.pace);
  for (const { connection } of lanes) connection.close();
  return { ...load, answered: warmUp.answered + load.answered };
}

async function measure(lanes: readonly Lane[], seconds: number, pace?: number): Promise<Load> {
  const latencies: number[] = [];
  const faults: string[] = [];
  let answered = 0;
  const start = performance.now();
  const end = start + seconds * 1000;
  await Promise.all(
    lanes.map(async ({ line, connection }, index) => {
      const gap = pace === undefined ? 0 : (lanes.length / pace) * 1000;
      let due = start + (gap * index) / lanes.length;
      let now = await reach(due);
      while (now < end) {
        const reply = await connection.send(line.next());
        const outcome = line.settle(reply);
        const after = performance.now();
        answered += 1;
        if (outcome === 'done') latencies.push(after - now);
        else if (outcome === 'failed') faults.push(`${reply.status} ${reply.body.slice(0, 200)}`);
        due += gap;
        now = pace === undefined ? after : await reach(due);
      }
    }),
  );
  const elapsed = (performance.now() - start) / 1000;
  latencies.sort((a, b) => a - b);
  const rank = (share: number): number => latencies[Math.floor(latencies.length * share)] ?? 0;
  const [failure] = faults;
  return {
    done: latencies.length,
    answered,
    failed: faults.length,
    ...(failure !== undefined && { failure }),
    seconds: elapsed,
    p50: rank(0.5),
    p99: rank(0.99),
  };
}

/** The moment from which a request counts: when it was due, even if the one before it was slow; a late timer is not its fault. */
async function reach(due: number): Promise<number> {
  const early = due - performance.now();
  if (early <= 0) return due;
  await new Promise((resolve) => {
    setTimeout(resolve, early);
  });
  return performance.now();
}

process.on('message', (job: Job) => {
  run(job).then(
    (load) => process.send?.({ load }),
    (error: unknown) => process.send?.({ error: String(error) }),
  );
});
process.on('disconnect', () => process.exit());
