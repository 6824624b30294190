// One mocha process of its own process group: waited for, watched, and ended with all that it started.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const mocha = path.resolve(import.meta.dirname, '../../node_modules/mocha/bin/mocha.js');
const reporter = path.join(import.meta.dirname, 'mocha-reporter.mjs');
const exitLimit = 20_000;
const running = new Set();

/**
 * Runs compiled test files. `counts` are the reporter's, undefined where the process died before its end; `problem`
 * tells a hang; `output` is what was printed, where `quiet`: then the process is ended as soon as it has its results.
 * `limit` in milliseconds.
 */
export async function runMocha(cwd, files, { env = {}, grep, limit = 20 * 60_000, quiet = false } = {}) {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'holdfast-mocha-'));
  const results = path.join(folder, 'results.json');
  const options = ['--forbid-only', '--forbid-pending', '--reporter', reporter];
  options.push('--reporter-option', `results=${results}`, ...(grep ? ['--grep', grep] : []));
  const child = spawn(process.execPath, [mocha, ...options, ...files], {
    cwd,
    stdio: ['ignore', quiet ? 'pipe' : 'inherit', quiet ? 'pipe' : 'inherit'],
    env: { ...process.env, ...env },
    detached: true,
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (text) => (output += text));
  running.add(child);
  const ended = await outcome(child, results, limit, quiet);
  running.delete(child);
  const counts = existsSync(results) ? JSON.parse(readFileSync(results, 'utf8')) : undefined;
  rmSync(folder, { recursive: true, force: true });
  return { ...ended, counts, output };
}

/** Ends every mocha that still runs. */
export function stopMocha() {
  for (const child of running) killGroup(child);
}

/** Waits for the process; one that hangs, or lives on after its last test, is ended. */
function outcome(child, results, limit, impatient) {
  return new Promise((resolve) => {
    const started = Date.now();
    let finishedAt;
    let problem;
    const watch = setInterval(() => {
      const now = Date.now();
      if (!finishedAt && existsSync(results)) finishedAt = now;
      if (finishedAt && impatient) killGroup(child);
      if (now - started > limit) problem ??= `took longer than ${limit / 1000} s and was stopped`;
      else if (finishedAt && now - finishedAt > exitLimit)
        problem ??= 'did not exit after its last test: something was left open';
      if (problem) killGroup(child);
    }, 60);
    child.once('error', (error) => finish({ problem: `could not start: ${error.message}` }));
    child.once('exit', (code, signal) => finish({ problem, code, signal }));
    function finish(ended) {
      clearInterval(watch);
      killGroup(child);
      resolve(ended);
    }
  });
}

function killGroup(child) {
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // it is gone already
  }
}
