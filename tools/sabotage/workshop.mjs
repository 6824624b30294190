// A copy of the repository in which one patch at a time is applied, compiled, tried and taken back.
import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { runMocha } from '../testing/mocha.mjs';

const tsc = path.resolve(import.meta.dirname, '../../node_modules/typescript/bin/tsc');
const left = ['node_modules', '.git', 'data', 'coverage'];
const testLimit = 120_000;

/** Copies the built tree; the packages are linked. */
export function openWorkshop(root) {
  const parent = mkdtempSync(path.join(os.tmpdir(), 'holdfast-sabotage-'));
  const folder = path.join(parent, 'copy');
  mkdirSync(folder);
  for (const entry of readdirSync(root)) {
    if (!left.includes(entry)) cpSync(path.join(root, entry), path.join(folder, entry), { recursive: true });
  }
  symlinkSync(path.join(root, 'node_modules'), path.join(folder, 'node_modules'));
  return { folder, parent, changed: [], close: () => rmSync(parent, { recursive: true, force: true }) };
}

/** Compiles what changed. What a missing guard leaves unused is no error here. Undefined, or the compiler's complaint. */
export async function compile({ folder }, touched = []) {
  const flags = ['--noUnusedLocals', 'false', '--noUnusedParameters', 'false'];
  const compiled = await run(process.execPath, [tsc, '-p', 'tsconfig.json', ...flags], folder);
  if (compiled.failed) return compiled.output;
  if (!touched.some((file) => /\.css$|\/islands\//.test(file))) return undefined;
  const assets = await run(process.execPath, ['tools/build.mjs'], folder);
  return assets.failed ? assets.output : undefined;
}

/** Applies the patch, or takes it back. Undefined, or git's complaint. */
export async function applyPatch({ folder, parent }, file, { reverse = false } = {}) {
  // One line around a change is enough to find its place; three would break with every neighbour's change.
  const options = ['apply', '-C1', '--whitespace=nowarn', ...(reverse ? ['--reverse'] : []), file];
  const applied = await run('git', options, folder, { GIT_CEILING_DIRECTORIES: parent });
  return applied.failed ? applied.output : undefined;
}

/** Runs compiled tests of the copy, quietly. */
export function tryTests({ folder }, tests, grep) {
  const files = tests.map((test) => path.join(folder, 'dist', test.replace(/\.tsx?$/, '.js')));
  return runMocha(folder, files, { grep, limit: testLimit, quiet: true });
}

function run(command, args, cwd, env = {}) {
  return new Promise((resolve) => {
    execFile(
      command,
      args,
      { cwd, env: { ...process.env, ...env }, maxBuffer: 1 << 24 },
      (error, stdout, stderr) =>
        resolve({ failed: error !== null, output: `${stdout}${stderr}`.trim() || String(error?.message) }),
    );
  });
}
