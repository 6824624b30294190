// Runs one group of tests in one mocha process, so that one embedded database lives per process, and reports
// everything that makes a green result untrue: no tests, a crash, a hang, titles used twice.
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '../..');
const mocha = path.join(root, 'node_modules/mocha/bin/mocha.js');
const reporter = path.join(import.meta.dirname, 'mocha-reporter.mjs');
const groupLimit = 10 * 60_000;
const exitLimit = 15_000;
const running = new Set();

/** The compiled test files of a group, sorted. */
export function testFiles(group, pattern) {
  const folder = path.join(root, 'dist/test', group);
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true })
    .filter((file) => file.endsWith('.test.js') && (!pattern || file.includes(pattern)))
    .sort()
    .map((file) => path.join(folder, file));
}

/** Runs the files; `{passed, failed, problems}`, where a problem is a fault of the run and not of one test. */
export async function runGroup(group, files, { env = {}, grep } = {}) {
  if (files.length === 0) return { passed: 0, failed: 0, problems: [`${group}: there is no test file`] };
  const results = path.join(os.tmpdir(), `holdfast-tests-${process.pid}-${group}.json`);
  rmSync(results, { force: true });
  const options = [
    '--forbid-only',
    '--forbid-pending',
    '--reporter',
    reporter,
    '--reporter-option',
    `results=${results}`,
  ];
  if (grep) options.push('--grep', grep);
  const child = spawn(process.execPath, [mocha, ...options, ...files], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, ...env },
    detached: true,
  });
  running.add(child);
  const ended = await outcome(child, results);
  running.delete(child);
  const counts = existsSync(results) ? JSON.parse(readFileSync(results, 'utf8')) : undefined;
  rmSync(results, { force: true });
  return {
    passed: counts?.passed ?? 0,
    failed: counts?.failed ?? 0,
    problems: problemsOf(group, counts, ended, grep),
  };
}

/** Ends every group that still runs, with what it started: nothing outlives the runner. */
export function stopGroups() {
  for (const child of running) killGroup(child);
}

/** Waits for the process; one that hangs, or lives on after its last test, is ended. */
function outcome(child, results) {
  return new Promise((resolve) => {
    const started = Date.now();
    let finishedAt;
    let ended;
    const watch = setInterval(() => {
      const now = Date.now();
      if (!finishedAt && existsSync(results)) finishedAt = now;
      if (now - started > groupLimit) ended ??= 'took longer than ten minutes and was stopped';
      else if (finishedAt && now - finishedAt > exitLimit)
        ended ??= 'did not exit after its last test: something was left open';
      if (ended) killGroup(child);
    }, 500);
    child.once('error', (error) => finish(`could not start: ${error.message}`));
    child.once('exit', (code, signal) => finish(ended, code, signal));
    function finish(problem, code, signal) {
      clearInterval(watch);
      killGroup(child);
      resolve({ problem, code, signal });
    }
  });
}

function problemsOf(group, counts, { problem, code, signal }, grep) {
  if (problem) return [`${group}: ${problem}`];
  if (!counts) return [`${group}: crashed before its end (${signal ?? `exit code ${code}`})`];
  const problems = counts.duplicates.map((title) => `${group}: two tests have the title "${title}"`);
  if (counts.passed + counts.failed === 0) problems.push(`${group}: no test ${grep ? 'matches' : 'ran'}`);
  if (counts.failed === 0 && code !== 0)
    problems.push(`${group}: its tests passed, yet the process ended with ${signal ?? code}`);
  return problems;
}

function killGroup(child) {
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // it is gone already
  }
}
