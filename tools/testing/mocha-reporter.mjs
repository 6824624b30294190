// Prints each test as it ends, a failure with its reason at once, and writes the counts for tools/test.mjs.
// The counts are written even where the process then fails to exit, so that the runner can tell the two apart.
import { renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import mocha from 'mocha';

const {
  EVENT_RUN_END,
  EVENT_SUITE_BEGIN,
  EVENT_SUITE_END,
  EVENT_TEST_BEGIN,
  EVENT_TEST_FAIL,
  EVENT_TEST_PASS,
  EVENT_TEST_PENDING,
} = mocha.Runner.constants;

export default class GroupReporter {
  constructor(runner, options) {
    const results = { passed: 0, failed: 0, tests: [], failures: [], duplicates: [], files: [] };
    const begun = new Map();
    const seen = new Map();
    const say = (depth, text) => console.log(`${'  '.repeat(depth)}${text}`);

    runner.on(EVENT_SUITE_BEGIN, (suite) => {
      if (suite.parent?.root) begun.set(suite, performance.now());
      if (suite.title) say(suite.titlePath().length, suite.title);
    });
    runner.on(EVENT_SUITE_END, (suite) => {
      if (begun.has(suite))
        results.files.push({ file: sourceOf(suite), milliseconds: performance.now() - begun.get(suite) });
    });
    runner.on(EVENT_TEST_BEGIN, (test) => {
      const key = `${sourceOf(test)} › ${test.fullTitle()}`;
      if (seen.has(key)) results.duplicates.push(key);
      seen.set(key, true);
    });
    runner.on(EVENT_TEST_PASS, (test) => {
      results.passed += 1;
      results.tests.push({ title: test.fullTitle(), file: sourceOf(test), milliseconds: test.duration });
      say(test.titlePath().length, `✓ ${test.title}${test.duration > 500 ? ` (${test.duration} ms)` : ''}`);
    });
    runner.on(EVENT_TEST_PENDING, (test) => fail(test, new Error('pending: a test may not be skipped')));
    runner.on(EVENT_TEST_FAIL, fail);
    runner.once(EVENT_RUN_END, () => {
      const file = options.reporterOptions?.results ?? options.reporterOption?.results;
      if (file) writeWhole(file, JSON.stringify(results));
      else console.log(`\n${results.passed} passed, ${results.failed} failed`);
    });

    function fail(test, error) {
      const reason = String(error?.stack ?? error?.message ?? error);
      const causes = error?.cause ? `\ncaused by ${String(error.cause?.stack ?? error.cause)}` : '';
      const told = `${reason}${difference(error)}${causes}`;
      results.failed += 1;
      results.failures.push({
        title: test.fullTitle(),
        file: sourceOf(test),
        hook: test.type === 'hook',
        kind: error?.code === 'ERR_ASSERTION' || error?.name === 'AssertionError' ? 'assertion' : 'error',
        message: String(error?.message ?? error),
        reason: told,
      });
      say(test.titlePath().length, `✗ ${test.title}`);
      for (const line of told.split('\n')) say(test.titlePath().length + 1, line);
    }
  }
}

/** Who sees the file sees all of it. */
function writeWhole(file, text) {
  writeFileSync(`${file}.draft`, text);
  renameSync(`${file}.draft`, file);
}

/** The source file of a compiled test: `test/unit/x.test.ts`. */
function sourceOf(test) {
  const compiled = path.relative(process.cwd(), test.file ?? '');
  return compiled.replace(/^dist\//, '').replace(/\.js$/, '.ts');
}

/** What was expected, where the author's own message hides it. */
function difference(error) {
  if (error?.code !== 'ERR_ASSERTION' || error.generatedMessage || !/equal/i.test(error.operator ?? ''))
    return '';
  const show = (value) => (typeof value === 'string' ? value : JSON.stringify(value, undefined, 2));
  return `\nexpected: ${show(error.expected)}\nactual:   ${show(error.actual)}`;
}
