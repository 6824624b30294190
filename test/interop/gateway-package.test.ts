import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { serve } from '@hono/node-server';
import { build, type BuildOptions } from 'esbuild';
import { systemRandom } from '../../src/lib/random.js';
import { createProof, generateProofKey } from '../../src/proof/create-proof.js';
import { gatewayA, secretOf } from '../support/clients.js';
import { startHoldfast, type Holdfast } from '../support/harness.js';
import { mintToken, storeCaller } from '../support/model-caller.js';
import { PackedProject } from '../support/packed-project.js';
import { sendAsIs } from '../support/raw-request.js';

const adapters = ['node', 'koa', 'express', 'fastify', 'hono', 'fetch'];
const allOfIt = `
import { createGuard, readGuardOptions, readModelCall, type Guard } from '@holdfast/gateway';
${adapters.map((name) => `import * as ${name} from '@holdfast/gateway/${name}';`).join('\n')}
const guard: Guard = createGuard(readGuardOptions(process.env));
export const middleware = [
  ${['koa', 'express', 'fastify', 'hono'].map((name) => `${name}.protectCalls(guard, { read: readModelCall() })`).join(',\n  ')},
  node.protectCalls(guard, (_, response, { call }) => void response.end(call.model), { read: readModelCall() }),
  fetch.protectCalls(guard, (_, { call }) => new Response(call.model), { read: readModelCall() }),
];
`;

describe('the packed package of the gateway, installed into an empty project', () => {
  let project: PackedProject;
  before(function () {
    // It starts npm twice and a compiler.
    this.timeout(180_000);
    project = new PackedProject('gateway');
    project.link('@types/node', 'undici-types');
    project.write('consumer.ts', allOfIt);
  });
  after(() => project.remove());

  it('brings jose and undici and nothing else', () => {
    const installed = readdirSync(project.path('node_modules')).filter((name) => !name.startsWith('.'));
    assert.deepEqual(installed.sort(), ['@holdfast', '@types', 'jose', 'undici', 'undici-types']);
  });

  for (const [module, moduleResolution] of [
    ['nodenext', 'nodenext'],
    ['esnext', 'bundler'],
  ]) {
    it(`has types that compile with ${moduleResolution} resolution`, () => {
      assert.equal(project.compile(['consumer.ts'], { module, moduleResolution, noEmit: true }), '');
    });
  }

  async function bundle(code: string, options: BuildOptions): Promise<string[]> {
    const { metafile } = await build({
      stdin: { contents: code, resolveDir: project.folder },
      bundle: true,
      write: false,
      format: 'esm',
      metafile: true,
      logLevel: 'silent',
      ...options,
    });
    const [output] = Object.values(metafile?.outputs ?? {});
    return Object.entries(output?.inputs ?? {})
      .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
      .map(([file]) => file.replace(/^.*@holdfast\/gateway\//, ''));
  }

  for (const name of ['hono', 'fetch']) {
    it(`needs nothing of Node for the ${name} adapter, and of the other adapters nothing at all`, async () => {
      // `neutral` knows no module of Node: the bundle would fail.
      const bundled = await bundle(`export { protect, protectCalls } from '@holdfast/gateway/${name}'`, {
        platform: 'neutral',
      });
      assert.ok(bundled.includes(`gateway/${name}-adapter.js`));
      assert.deepEqual(
        bundled.filter((file) => /node|koa|express|fastify|guard/.test(file)),
        [],
      );
      assert.ok(bundled.length < 10, bundled.join(' '));
    });
  }

  it('brings no adapter where the guard alone is imported', async () => {
    const bundled = await bundle(`export { createGuard } from '@holdfast/gateway'`, { platform: 'node' });
    assert.deepEqual(
      bundled.filter((file) => /adapter|-exchange/.test(file)),
      [],
    );
  });

  describe('with the examples', () => {
    const before_ = { ...process.env };
    let holdfast: Holdfast;
    before(async () => {
      project.link('koa', 'express', 'fastify', 'hono', '@hono/node-server');
      project.link('@types/koa', '@types/express');
      project.copy('examples/gateway-adapters', 'examples');
      holdfast = await startHoldfast();
      Object.assign(process.env, {
        HOLDFAST_ISSUER: holdfast.issuer,
        HOLDFAST_RESOURCE: gatewayA,
        HOLDFAST_CLIENT_ID: 'rs-a',
        HOLDFAST_CLIENT_SECRET: secretOf('rs-a'),
        PORT: '0',
      });
    });
    after(async () => {
      process.env = before_;
      const { guard } = (await import(project.path('out/examples/guard.js'))) as {
        guard: { close(): Promise<void> };
      };
      await guard.close();
      await holdfast.close();
    });

    it('compiles them as a project of its own would', () => {
      const files = ['guard', ...adapters].map((name) => `examples/${name}.ts`);
      const options = { module: 'nodenext', moduleResolution: 'nodenext', skipLibCheck: true };
      assert.equal(project.compile(files, options), '');
    });

    for (const name of adapters) {
      it(`serves the holder of a key, and nobody else, by examples/gateway-adapters/${name}.ts`, async () => {
        const example = (await import(project.path(`out/examples/${name}.js`))) as {
          readonly server?: Server;
          readonly default?: { fetch(request: Request): Promise<Response>; port: number };
        };
        const server = example.server ?? (serve(example.default ?? assert.fail()) as Server);
        if (!server.listening) await once(server, 'listening');
        try {
          await greets(`http://localhost:${(server.address() as AddressInfo).port}`);
        } finally {
          server.closeAllConnections();
          server.close();
        }
      });
    }

    async function greets(url: string): Promise<void> {
      const at = '/v1/chat/completions';
      const post = { method: 'POST', body: '{"model":"echo"}' } as const;
      const nobody = await sendAsIs(url + at, { ...post, headers: { 'content-type': 'application/json' } });
      assert.equal(nobody.status, 401);
      const key = await generateProofKey();
      const family = await storeCaller(holdfast);
      const token = await mintToken(holdfast, family, { jkt: key.jkt });
      const claims = { method: 'POST', url: new URL(at, gatewayA).href, accessToken: token };
      const nonce = nobody.headers.get('dpop-nonce') ?? '';
      const dpop = await createProof(
        key,
        { ...claims, nonce },
        { clock: holdfast.clock, random: systemRandom },
      );
      const headers = { authorization: `DPoP ${token}`, dpop, 'content-type': 'application/json' };
      const { status, body } = await sendAsIs(url + at, { ...post, headers });
      assert.deepEqual([status, body], [200, { text: `echo greets ${family.accountId}` }]);
    }
  });
});

describe('docs/GATEWAY.md', () => {
  it('shows the examples word for word', () => {
    const text = readFileSync('docs/GATEWAY.md', 'utf8');
    const files = readdirSync('examples/gateway-adapters').filter((file) => file.endsWith('.ts'));
    assert.equal(files.length, adapters.length + 1);
    const absent = files.filter((file) => {
      const code = readFileSync(`examples/gateway-adapters/${file}`, 'utf8');
      return !text.includes(`\`\`\`ts\n${code}\`\`\`\n`);
    });
    assert.deepEqual(absent, []);
  });
});

describe('the packed package of the client', () => {
  it('compiles and runs in an empty project', async function () {
    this.timeout(180_000);
    const project = new PackedProject('client');
    try {
      project.link('@types/node', 'undici-types');
      project.write(
        'consumer.ts',
        `import { createBoundFetch, Login } from '@holdfast/client';
         const at = { issuer: 'https://login.example', resource: 'https://api.example/' };
         const login = new Login({ ...at, clientId: 'app', scope: 'openid' });
         export const send: typeof fetch = createBoundFetch({ login });`,
      );
      assert.equal(project.compile(['consumer.ts'], { module: 'nodenext' }), '');
      const { send } = (await import(project.path('out/consumer.js'))) as { send: unknown };
      assert.equal(typeof send, 'function');
    } finally {
      project.remove();
    }
  });
});
