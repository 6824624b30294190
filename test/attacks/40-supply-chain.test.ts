import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { loadConfig } from '../../src/config/load.js';
import { root, runtimePackages, sourceFiles } from '../support/architecture/repository.js';
import {
  identifier,
  isNode,
  parseSource,
  visit,
  type SourceFile,
  type SyntaxNode,
} from '../support/architecture/source-file.js';
import { Installation } from '../support/server-process.js';

interface Package {
  readonly version?: string;
  readonly integrity?: string;
  readonly resolved?: string;
  readonly link?: boolean;
  readonly dev?: boolean;
  readonly optional?: boolean;
  readonly os?: readonly string[];
  readonly hasInstallScript?: boolean;
}

const readJson = (file: string): unknown => JSON.parse(readFileSync(path.join(root, file), 'utf8'));

describe('threat 40: a package that is not what it was', () => {
  const { packages } = readJson('package-lock.json') as { packages: Record<string, Package> };
  const installed = Object.entries(packages).filter(([name]) => name !== '');

  it('of the server can not be installed: each has a SHA-512 in the lockfile', () => {
    const shipped = installed.filter(([, { dev }]) => !dev);
    assert.ok(shipped.length > 60, `only ${shipped.length} packages`);
    const unpinned = shipped.filter(([, { integrity = '' }]) => !/^sha512-[\w+/]{86}==$/.test(integrity));
    assert.deepEqual(unpinned, []);
  });

  it('of the tools can not be installed, but for those of other platforms', () => {
    // What the registry in use does not carry has no checksum to note; npm on that platform would fetch it unchecked.
    const unpinned = installed.filter(([, { integrity }]) => integrity === undefined);
    const foreign = ({ dev, optional, os }: Package) => dev === true && optional === true && os !== undefined;
    assert.deepEqual(
      unpinned.filter(([, each]) => !foreign(each)),
      [],
    );
    const families = new Set(unpinned.map(([name]) => name.split('/').slice(0, 2).join('/')));
    assert.deepEqual([...families].toSorted(), [
      'node_modules/@oxc-parser',
      'node_modules/@oxlint',
      'node_modules/@oxlint-tsgolint',
    ]);
  });

  it('comes from no address of its own: no git, no tarball, no link, exact versions', () => {
    const elsewhere = installed.filter(([, { resolved, link }]) => resolved !== undefined || link === true);
    assert.deepEqual(elsewhere, []);
    assert.deepEqual(
      installed.filter(([, { version = '' }]) => !/^\d+\.\d+\.\d+(-[\w.]+)?(\+[\w.]+)?$/.test(version)),
      [],
    );
    const { dependencies, devDependencies } = readJson('package.json') as Record<
      string,
      Record<string, string>
    >;
    const wanted = Object.values({ ...dependencies, ...devDependencies });
    assert.deepEqual(
      wanted.filter((range) => !/^\^?\d[\w.-]*$/.test(range)),
      [],
    );
  });

  it('runs no script while it is installed, but for the pinned node; the image runs none at all', () => {
    const { allowScripts } = readJson('package.json') as { allowScripts: Record<string, boolean> };
    const allowed = Object.keys(allowScripts).filter((name) => allowScripts[name]);
    assert.deepEqual(allowed, ['node']);
    const withScript = installed.filter(([, { hasInstallScript }]) => hasInstallScript);
    const undecided = withScript.filter(([name]) => !(name.replace(/^.*node_modules\//, '') in allowScripts));
    assert.deepEqual(undecided, []);
    assert.deepEqual(
      withScript.filter(([, { dev }]) => !dev),
      [],
      'a package of the server has an install script',
    );
    const installs =
      readFileSync(path.join(root, 'Dockerfile'), 'utf8').match(/npm (ci|i|install)\b.*/g) ?? [];
    assert.ok(installs.length > 0);
    for (const line of installs) assert.match(line, /^npm ci .*--ignore-scripts/);
  });
});

/** Every way in which a file could run what is not in the repository or in the lockfile. */
function foreignCode(file: SourceFile): string[] {
  const packages = runtimePackages();
  const loads = file.imports
    .filter(({ typeOnly }) => !typeOnly)
    .map(({ specifier }) => specifier)
    .filter((specifier) => {
      if (specifier === undefined) return true;
      if (/^\.{1,2}\//.test(specifier)) return false;
      if (specifier === 'node:child_process' && startsPrograms.has(file.path)) return false;
      if (specifier.startsWith('node:')) {
        return /^node:(vm|module|child_process|worker_threads|repl|wasi|inspector)\b/.test(specifier);
      }
      return !packages.some((name) => specifier === name || specifier.startsWith(`${name}/`));
    })
    .map((specifier) => `imports ${specifier ?? 'a computed name'}`);
  const makes: string[] = [];
  visit(file.program, (node) => {
    if (node.type !== 'CallExpression' && node.type !== 'NewExpression') return;
    const name = calledName(node['callee']);
    if (name === 'eval' || name === 'Function') makes.push(`${name}(…)`);
    if ((name === 'setTimeout' || name === 'setInterval') && isText(node['arguments']))
      makes.push(`${name}('…')`);
    if (name === 'dlopen' || name === 'getBuiltinModule') makes.push(name);
    if (/^(compile|instantiate)/.test(name) && calledOn(node['callee']) === 'WebAssembly') makes.push(name);
  });
  return [...loads, ...makes].map((what) => `${file.path}: ${what}`);
}

const calledName = (callee: unknown): string =>
  identifier(callee) ?? (isNode(callee) ? (identifier(callee['property']) ?? '') : '');
const calledOn = (callee: unknown): string | undefined =>
  isNode(callee) ? identifier(callee['object']) : undefined;
const isText = (callArguments: unknown): boolean => {
  const [first] = callArguments as SyntaxNode[];
  return isNode(first) && (first.type === 'Literal' || first.type === 'TemplateLiteral');
};

/** Commands of a person or an operator, on their own machine: a browser, a keystore, the program that was asked for. */
const startsPrograms: ReadonlySet<string> = new Set([
  'src/client/command/browser.ts',
  'src/client/command/keystore/run-program.ts',
  'src/client/command/proxy/proxy-command.ts',
  'src/gateway/standalone/provider-key.ts',
]);

describe('threat 40: code fetched while the server runs', () => {
  it('is nowhere in what runs: every import is ours, of node or of the lockfile, and no text becomes code', () => {
    // Islands run in the browser, under a policy without unsafe-eval; what they import is bundled at build time.
    const files = [...sourceFiles('src', 'migrations', 'examples/gateway').values()];
    assert.ok(files.length > 100);
    const bundled = (file: SourceFile) =>
      file.path.includes('/islands/') || file.path.endsWith('.island.tsx');
    assert.deepEqual(files.filter((file) => !bundled(file)).flatMap(foreignCode), []);
  });

  const ways = [
    `await import('https://cdn.example/x.js');`,
    `await import('data:text/javascript,1');`,
    'await import(name);',
    `import 'left-pad';`,
    `eval(text);`,
    `globalThis.eval(text);`,
    `new Function('return 1')();`,
    `Function('return 1')();`,
    `setTimeout('run()', 1);`,
    `import { Script } from 'node:vm';`,
    `import { createRequire } from 'node:module';`,
    `import { exec } from 'node:child_process';`,
    `process.dlopen(module, file);`,
    `WebAssembly.instantiate(bytes);`,
  ];
  for (const way of ways) {
    it(`would be seen: ${way}`, () => {
      assert.equal(foreignCode(parseSource('src/http/x.ts', way)).length, 1);
    });
  }
});

describe('threat 40: what development may and production may not', function () {
  // Whole processes, on machines that may be busy.
  this.timeout(60_000);
  const shipped = path.join(root, 'config/holdfast.yaml');
  let here: Installation;
  before(async () => (here = await Installation.make()));
  after(() => here.remove());

  /** All is well but for a database that does not answer. */
  const production = {
    NODE_ENV: 'production',
    DATABASE_URL: 'postgres://127.0.0.1:1/holdfast',
    HOLDFAST_ISSUER: 'https://id.example.com',
    HOLDFAST_SECRET_KEY: Buffer.alloc(32, 7).toString('base64url'),
  };

  it('starts as far as its database when nothing of development is left', async () => {
    const config = path.join(here.folder, 'production.yaml');
    writeFileSync(config, 'clients: []\n');
    const own = { HOLDFAST_CONFIG: config, HOLDFAST_DANGEROUSLY_ALLOW_TEST_LOGIN: 'false' };
    const { code, stderr } = await here.runServer({ ...production, ...own });
    assert.equal(code, 1, stderr);
    assert.match(stderr, /The database does not answer/);
  });

  it('does not start as the quick start does, and lists at once what must go', async () => {
    const { code, stderr } = await here.runServer({ NODE_ENV: 'production' });
    assert.equal(code, 2, stderr);
    for (const setting of [
      'issuer',
      'database_url',
      'dangerously_allow_test_login',
      'clients.3.client_secret',
    ]) {
      assert.match(stderr, new RegExp(`\\b${setting}: `), setting);
    }
  });

  const defaults: Record<string, [Record<string, string>, RegExp]> = {
    'the client secrets that we ship': [
      { HOLDFAST_CONFIG: shipped },
      /client_secret is the secret that we ship for development/,
    ],
    'the test login': [
      { HOLDFAST_DANGEROUSLY_ALLOW_TEST_LOGIN: 'true' },
      /dangerously_allow_test_login lets anyone sign in as anyone/,
    ],
    'the test login on a .test host': [
      { HOLDFAST_DANGEROUSLY_ALLOW_TEST_LOGIN: 'true', HOLDFAST_ISSUER: 'https://id.test' },
      /dangerously_allow_test_login lets anyone sign in as anyone/,
    ],
    'the embedded database': [{ DATABASE_URL: '' }, /database_url is required in production/],
    'no secret key': [{ HOLDFAST_SECRET_KEY: '' }, /secret_key is required with database_url in production/],
    'a guessable secret key': [
      { HOLDFAST_SECRET_KEY: 'change-me' },
      /secret_key must be base64url of 32 bytes/,
    ],
    'a fetch of private addresses': [
      { HOLDFAST_DANGEROUSLY_ALLOW_PRIVATE_NETWORK_FETCH: 'true' },
      /dangerously_allow_private_network_fetch is refused in production/,
    ],
    'an http issuer': [{ HOLDFAST_ISSUER: 'http://id.example.com' }, /issuer must be https/],
    'an http issuer on the loopback': [{ HOLDFAST_ISSUER: 'http://localhost:6180' }, /issuer must be https/],
    'the issuer forgotten': [{ HOLDFAST_ISSUER: '' }, /issuer must be https/],
  };
  for (const [what, [env, message]] of Object.entries(defaults)) {
    it(`refuses ${what}, be it the only fault`, () => {
      const sources = { HOLDFAST_CONFIG: 'none.yaml', ...production, ...env };
      const readFile = (file: string) => (file === shipped ? readFileSync(file, 'utf8') : '');
      const loaded = loadConfig({ env: sources, readFile });
      const told = loaded.ok ? [] : loaded.problems.map((problem) => `${problem.setting} ${problem.message}`);
      assert.match(told.join('\n'), message);
    });
  }
});
