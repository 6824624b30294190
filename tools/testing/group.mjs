// Runs one group of tests in one mocha process, so that one embedded database lives per process, and reports
// everything that makes a green result untrue: no tests, a crash, a hang, titles used twice.
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { runMocha } from './mocha.mjs';

const root = path.resolve(import.meta.dirname, '../..');

const none = { passed: 0, failed: 0, failures: [], files: [] };

/** The compiled test files of a group, sorted. */
export function testFiles(group, pattern) {
  const folder = path.join(root, 'dist/test', group);
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true })
    .filter((file) => file.endsWith('.test.js') && (!pattern || file.includes(pattern)))
    .sort()
    .map((file) => path.join(folder, file));
}

/**
 * Runs the files; `{passed, failed, failures, files, problems}`, where a problem is a fault of the run and not of one test.
 */
export async function runGroup(group, files, { env = {}, grep } = {}) {
  if (files.length === 0) return { ...none, problems: [`${group}: there is no test file`] };
  const run = await runMocha(root, files, { env, grep });
  const problems = problemsOf(run, grep).map((problem) => `${group}: ${problem}`);
  return { ...none, ...run.counts, problems };
}

function problemsOf({ counts, problem, code, signal }, grep) {
  if (problem) return [problem];
  if (!counts) return [`crashed before its end (${signal ?? `exit code ${code}`})`];
  const problems = counts.duplicates.map((title) => `two tests have the title "${title}"`);
  if (counts.passed + counts.failed === 0) problems.push(grep ? 'no test matches' : 'no test ran');
  if (counts.failed === 0 && code !== 0)
    problems.push(`its tests passed, yet the process ended with ${signal ?? code}`);
  return problems;
}
