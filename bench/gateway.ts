import { exportJWK } from 'jose';
import { freePort } from '../examples/support/free-port.js';
import { newAccessToken } from '../src/lib/opaque-token.js';
import { systemRandom } from '../src/lib/random.js';
import { generateProofKey } from '../src/proof/create-proof.js';
import type { CallsOptions } from './calls.js';
import type { Name } from './competitors.js';
import type { Load } from './load/generator.js';
import type { LoadGenerator } from './load/load.js';
import type { Caller, Script } from './load/scripts.js';
import { print, type Line } from './report.js';
import { note } from './rounds.js';
import { NginxProcess } from './servers/nginx.js';
import { ServerProcess } from './servers/server-process.js';

const bench = 'gateway';
const connections = 32;
const pieces = 400;
const origin = 'https://models.example';
const path = '/v1/chat/completions';

interface Proxy {
  readonly name: Extract<Name, 'holdfast' | 'nginx'>;
  readonly server: NginxProcess | ServerProcess;
}

interface Measured {
  readonly load: Load;
  /** Microseconds of processor time for each answer. */
  readonly cost: number;
}

/** What a call, and a piece of a stream, take on their way through the standalone gateway, and through nginx as a plain proxy. */
export async function benchGateway(
  generator: LoadGenerator,
  { rounds, seconds }: CallsOptions,
): Promise<Line[]> {
  const { proxies, stop } = await startProxies();
  const figures = { rate: fresh(), p50: fresh(), cost: fresh(), piece: fresh() };
  const callers = await Promise.all(Array.from({ length: connections }, newCaller));
  const measure = (proxy: Proxy, what: string, wish: object, lanes: number): Promise<Measured> =>
    measureOnce(generator, proxy, { what, seconds, lanes, script: scriptOf(callers, wish) });
  try {
    for (let round = 0; round < rounds; round++) {
      for (const proxy of round % 2 === 0 ? proxies : proxies.toReversed()) {
        const { name } = proxy;
        const plain = await measure(proxy, 'plain', {}, connections);
        note(figures.rate, name, plain.load.done / plain.load.seconds);
        note(figures.cost, name, plain.cost);
        const alone = await measure(proxy, 'alone', {}, 1);
        note(figures.p50, name, alone.load.p50);
        const short = await measure(proxy, 'short', { stream: true, max_tokens: 1 }, connections);
        const long = await measure(proxy, 'long', { stream: true, max_tokens: pieces + 1 }, connections);
        note(figures.piece, name, (long.cost - short.cost) / pieces);
      }
    }
  } finally {
    await stop();
  }
  const variant = `plain answers, ${connections} connections`;
  const against = ['nginx'] as const;
  return [
    ...print({ bench, against, variant, unit: 'req/s', rounds: figures.rate }),
    ...print({ bench, against, variant: `${variant}, processor`, unit: 'µs/req', rounds: figures.cost }),
    ...print({ bench, against, variant: 'a plain answer alone, p50', unit: 'ms', rounds: figures.p50 }),
    ...print({
      bench,
      against,
      variant: 'a piece of a stream, processor',
      unit: 'µs',
      rounds: figures.piece,
    }),
  ];
}

async function startProxies(): Promise<{
  readonly proxies: readonly Proxy[];
  readonly stop: () => Promise<void>;
}> {
  const started: (NginxProcess | ServerProcess)[] = [];
  const stop = async (): Promise<void> => {
    await Promise.all(started.map((server) => server.stop()));
  };
  const start = async (
    script: string,
    parameters: readonly string[] = [],
    helper = false,
  ): Promise<ServerProcess> => {
    const place = helper ? ({ core: 'any' } as const) : {};
    const { server } = await ServerProcess.start(
      `bench/servers/${script}.js`,
      await freePort(),
      parameters,
      place,
    );
    started.push(server);
    return server;
  };
  try {
    const provider = await start('model-provider', [], true);
    const issuer = await start('allowing-server', [`${origin}/`], true);
    const wish = {
      upstream: `http://127.0.0.1:${provider.port}`,
      issuer: `http://127.0.0.1:${issuer.port}`,
      resource: `${origin}/`,
      clientId: 'bench',
    };
    const gateway = await start('standalone-gateway', [JSON.stringify(wish)]);
    const nginx = await NginxProcess.start(await freePort(), provider.port);
    started.push(nginx);
    return {
      proxies: [
        { name: 'holdfast', server: gateway },
        { name: 'nginx', server: nginx },
      ],
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function measureOnce(
  generator: LoadGenerator,
  { name, server }: Proxy,
  run: { readonly what: string; readonly seconds: number; readonly lanes: number; readonly script: Script },
): Promise<Measured> {
  const { what, seconds, lanes, script } = run;
  const before = server.processorTime() ?? Number.NaN;
  const load = await generator.run({
    name: `${bench} ${what} ${name}`,
    target: { port: server.port, issuer: `http://127.0.0.1:${server.port}`, real: name === 'holdfast' },
    script,
    connections: lanes,
    warmUpSeconds: 0.5,
    seconds,
  });
  if (load.failed > 0) throw new Error(`${name}, ${what}: ${load.failed} failed. First: ${load.failure}`);
  return { load, cost: ((server.processorTime() ?? Number.NaN) - before) / load.answered };
}

function scriptOf(callers: readonly Caller[], wish: object): Script {
  const messages = [{ role: 'user', content: 'Say hello, and then say it once more. '.repeat(20) }];
  const body = JSON.stringify({ model: 'gpt-bench', messages, max_tokens: 50, ...wish });
  return { kind: 'gateway', callers, origin, path, body };
}

async function newCaller(): Promise<Caller> {
  const key = await generateProofKey('ES256', true);
  const token = newAccessToken(systemRandom, Math.floor(Date.now() / 1000) + 3600);
  return { key: await exportJWK(key.privateKey), token };
}

function fresh(): Map<Name, number[]> {
  return new Map();
}
