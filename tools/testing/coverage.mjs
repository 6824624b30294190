// Line coverage of src/, from what V8 wrote in every process of the run (servers started by tests too).
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

const root = path.resolve(import.meta.dirname, '../..');
const raw = path.join(root, 'coverage/raw');
const threshold = 90;

/** Clears the last run's coverage; the environment that makes Node record this one's. */
export function recordCoverage() {
  rmSync(path.join(root, 'coverage'), { recursive: true, force: true });
  mkdirSync(raw, { recursive: true });
  return { NODE_V8_COVERAGE: raw };
}

/** Prints the table and returns whether enough lines of src/ were run. */
export function checkCoverage() {
  keepOwnFiles();
  const excluded = ['**/*.d.ts', 'src/**/islands/**', ...filesWithoutCode()].flatMap((file) => [
    '--exclude',
    file,
  ]);
  const options = ['--temp-directory', raw, '--all', '--src', 'dist/src', '--exclude-after-remap'];
  const reports = [
    '--reporter',
    'text',
    '--skip-full',
    '--reporter',
    'lcovonly',
    '--reports-dir',
    'coverage',
  ];
  const gate = ['--check-coverage', '--lines', String(threshold)];
  const c8 = path.join(root, 'node_modules/c8/bin/c8.js');
  const include = ['--include', 'src/**', '--include', 'dist/src/**'];
  const env = { ...process.env, NODE_V8_COVERAGE: '', NODE_OPTIONS: '--max-old-space-size=4096' };
  const run = spawnSync(
    process.execPath,
    [c8, 'report', ...options, ...include, ...excluded, ...reports, ...gate],
    {
      cwd: root,
      stdio: ['ignore', 'inherit', 'inherit'],
      env,
    },
  );
  rmSync(raw, { recursive: true, force: true });
  return run.status === 0 ? [] : [`coverage: fewer than ${threshold} % of the lines of src/ were run`];
}

/** Drops what V8 wrote of packages and tests: megabytes per process, and their source maps name paths like ours. */
function keepOwnFiles() {
  const own = `${pathToFileURL(path.join(root, 'dist/src')).href}/`;
  for (const name of readdirSync(raw)) {
    const file = path.join(raw, name);
    const written = parse(readFileSync(file, 'utf8'));
    if (!written) {
      rmSync(file);
      continue;
    }
    const { result, 'source-map-cache': maps = {}, ...rest } = written;
    const kept = Object.fromEntries(Object.entries(maps).filter(([url]) => url.startsWith(own)));
    const ours = result.filter(({ url }) => url.startsWith(own));
    writeFileSync(file, JSON.stringify({ ...rest, result: ours, 'source-map-cache': kept }));
  }
}

/** Undefined where a process was killed while it wrote. */
function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Files of types alone compile to `export {}`: there is nothing in them to run. */
function filesWithoutCode() {
  const folder = path.join(root, 'dist/src');
  return readdirSync(folder, { recursive: true })
    .filter((file) => file.endsWith('.js'))
    .filter((file) => isEmpty(readFileSync(path.join(folder, file), 'utf8')))
    .flatMap((file) => [`src/${file.replace(/\.js$/, '.ts')}`, `dist/src/${file}`]);
}

function isEmpty(code) {
  return (
    code
      .replace(/\/\/.*$/gm, '')
      .replace(/\/\*[\s\S]*?\*\//g, '')
      .trim() === 'export {};'
  );
}
