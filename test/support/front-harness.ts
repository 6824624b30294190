import net from 'node:net';
import type { Config } from '../../src/config/schema.js';
import { loadConfig } from '../../src/config/load.js';
import { systemClock } from '../../src/lib/clock.js';
import { systemRandom } from '../../src/lib/random.js';
import { createFront, type Front, type RequestHandler } from '../../src/http/front.js';
import type { TlsFiles } from '../../src/http/listener.js';
import { createRateLimiter } from '../../src/http/rate-limit.js';
import { createRefusalAnswers, type RenderErrorPage } from '../../src/http/refusal-answer.js';
import { createLogger, type Logger } from '../../src/observability/logger.js';
import { createMetrics, type Metrics } from '../../src/observability/metrics.js';
import { createRefusalLog, type RefusalLog } from '../../src/observability/refusal-log.js';
import type { RecordedRefusal } from '../../src/observability/refusal-store.js';

export interface RunningFront {
  readonly front: Front;
  readonly port: number;
  readonly url: string;
  readonly lines: string[];
  readonly refusals: RecordedRefusal[];
  readonly metrics: Metrics;
  readonly logger: Logger;
  readonly refusalLog: RefusalLog;
  readonly answer: ReturnType<typeof createRefusalAnswers>;
  close(): Promise<void>;
}

interface HarnessOptions {
  readonly env?: Record<string, string>;
  readonly renderErrorPage?: RenderErrorPage;
  readonly tls?: TlsFiles;
  /** Built with the parts that the front uses too. */
  readonly handler: (parts: Pick<RunningFront, 'logger' | 'refusalLog' | 'answer'>) => RequestHandler;
}

/** A front on a free port before a handler of the test's own, with everything it tells kept for inspection. */
export async function runFront(options: HarnessOptions): Promise<RunningFront> {
  const config = configFrom({ HOLDFAST_ISSUER: 'https://id.test', ...options.env });
  const lines: string[] = [];
  const refusals: RecordedRefusal[] = [];
  const metrics = createMetrics();
  const logger = createLogger({ log_level: 'debug' }, { write: (line) => lines.push(line) });
  const store = { record: async (batch: readonly RecordedRefusal[]) => void refusals.push(...batch) };
  const refusalLog = createRefusalLog({ store, logger, metrics, clock: systemClock });
  const answer = createRefusalAnswers(config, options.renderErrorPage);
  const handler = options.handler({ logger, refusalLog, answer });
  const front = createFront({
    config,
    tls: options.tls,
    handler: () => handler,
    answer,
    limiter: createRateLimiter(config.limits, systemClock),
    refusalLog,
    metrics,
    logger,
    clock: systemClock,
    random: systemRandom,
  });
  const port = await front.listen('127.0.0.1', 0);
  const close = async () => {
    await front.drain(100);
    await refusalLog.close();
    await metrics.close();
  };
  const url = `http://127.0.0.1:${port}`;
  return { front, port, url, lines, refusals, metrics, logger, refusalLog, answer, close };
}

function configFrom(env: Record<string, string>): Config {
  const loaded = loadConfig({ env, readFile: () => '' });
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems));
  return loaded.config;
}

/** Sends bytes as they are and returns everything that came back until the server closed or `wait` passed. */
export function sendRaw(port: number, text: string, wait = 500): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = net.connect(port, '127.0.0.1', () => socket.write(text));
    let received = '';
    const timer = setTimeout(() => socket.destroy(), wait);
    socket.on('data', (chunk: Buffer) => (received += chunk.toString()));
    socket.on('error', reject);
    socket.on('close', () => {
      clearTimeout(timer);
      resolve(received);
    });
  });
}
