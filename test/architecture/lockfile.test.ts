import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { root } from '../support/architecture/repository.js';

interface Lockfile {
  readonly packages: Readonly<
    Record<string, { hasInstallScript?: boolean; resolved?: string; os?: string[] }>
  >;
}

const readJson = <T>(file: string): T => JSON.parse(readFileSync(path.join(root, file), 'utf8')) as T;
const tool = (...args: string[]) =>
  spawnSync(process.execPath, [path.join(root, 'tools/complete-lockfile.mjs'), ...args], {
    encoding: 'utf8',
  });

describe('the lockfile', () => {
  it('is complete for every platform', () => {
    const run = tool('--check');
    assert.equal(run.status, 0, run.stderr);
  });

  it('names no registry', () => {
    const { packages } = readJson<Lockfile>('package-lock.json');
    assert.deepEqual(
      Object.keys(packages).filter((name) => packages[name]?.resolved),
      [],
    );
  });

  it('brings no install script that package.json did not decide on, and runs that of node alone', () => {
    const { packages } = readJson<Lockfile>('package-lock.json');
    const { allowScripts } = readJson<{ allowScripts: Record<string, boolean> }>('package.json');
    const withScript = Object.keys(packages).filter((name) => packages[name]?.hasInstallScript);
    const undecided = withScript.filter((name) => !(name.replace(/^.*node_modules\//, '') in allowScripts));
    assert.deepEqual(undecided, []);
    assert.deepEqual(
      Object.keys(allowScripts).filter((name) => allowScripts[name]),
      ['node'],
    );
  });
});

describe('completing a lockfile', () => {
  let folder: string;
  let file: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'holdfast-lockfile-'));
    file = path.join(folder, 'package-lock.json');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const write = (dependencies: object, optionalDependencies: object): void => {
    const packages = {
      '': { dependencies: { tool: '1.0.0', ...dependencies } },
      'node_modules/tool': { version: '1.0.0', optionalDependencies },
    };
    writeFileSync(file, JSON.stringify({ lockfileVersion: 3, packages }));
  };

  it('adds an entry with the platform that the name tells', () => {
    write({}, { '@tool/linux-x64-musl': '1.0.0', '@tool/win32-arm64-msvc': '1.0.0' });
    assert.equal(tool('--check', file).status, 1);
    assert.equal(tool(file).status, 0);
    assert.equal(tool('--check', file).status, 0);
    const { packages } = JSON.parse(readFileSync(file, 'utf8')) as Lockfile;
    assert.deepEqual(packages['node_modules/@tool/linux-x64-musl'], {
      version: '1.0.0',
      cpu: ['x64'],
      libc: ['musl'],
      optional: true,
      os: ['linux'],
    });
    assert.deepEqual(packages['node_modules/@tool/win32-arm64-msvc']?.os, ['win32']);
  });

  it('refuses to make up a package that every platform needs', () => {
    write({ missing: '2.0.0' }, {});
    const run = tool(file);
    assert.equal(run.status, 1);
    assert.match(run.stderr, /cannot add: missing@2\.0\.0/);
  });
});
