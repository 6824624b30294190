// A copy of the repository in which one patch at a time is applied, compiled, tried and taken back.
import { execFile } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { transform } from 'esbuild';
import { runMocha } from '../testing/mocha.mjs';

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

/**
 * Makes anew what changed, file by file and without asking for types: that is ten times quicker than the compiler, and
 * a guard that is out leaves types behind that nobody needs. Undefined, or the complaint.
 */
export async function compile({ folder }, touched = []) {
  for (const file of touched.filter((each) => /\.tsx?$/.test(each) && !/\/islands\//.test(each))) {
    const source = path.join(folder, file);
    const made = path.join(folder, 'dist', file.replace(/\.tsx?$/, '.js'));
    if (!existsSync(source)) rmSync(made, { force: true });
    else {
      try {
        const { code } = await transform(readFileSync(source, 'utf8'), {
          ...likeTheCompiler,
          sourcefile: file,
          loader: file.endsWith('x') ? 'tsx' : 'ts',
        });
        writeFileSync(made, code);
      } catch (error) {
        return error.message;
      }
    }
  }
  if (!touched.some((file) => /\.css$|\/islands\//.test(file))) return undefined;
  const assets = await run(process.execPath, ['tools/build.mjs'], folder);
  return assets.failed ? assets.output : undefined;
}

const likeTheCompiler = {
  target: 'es2023',
  format: 'esm',
  jsx: 'automatic',
  jsxImportSource: 'preact',
  logLevel: 'silent',
  tsconfigRaw: { compilerOptions: { verbatimModuleSyntax: true } },
};

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
