// Takes each guard out in turn (test/sabotage/*.patch), in a copy, and demands that the tests named for it fail.
//   npm run sabotage                      all; ends with `N passed, N failed`
//   npm run sabotage -- refresh replay    only patches whose name contains one of these
// See CONTRIBUTING.md for how to write one.
import { existsSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { readPatches } from './sabotage/patch.mjs';
import { unguarded } from './sabotage/unguarded.mjs';
import { judgeBaseline, judgeSabotage } from './sabotage/verdict.mjs';
import { applyPatch, compile, openWorkshop, tryTests } from './sabotage/workshop.mjs';
import { stopMocha } from './testing/mocha.mjs';
import { recap } from './testing/recap.mjs';

const { values, positionals: names } = parseArgs({
  allowPositionals: true,
  options: { root: { type: 'string' }, workers: { type: 'string' } },
});
const root = path.resolve(values.root ?? path.join(import.meta.dirname, '..'));
const workshops = [];
const tally = { passed: 0, failed: 0, failures: [] };
const baselines = new Map();
const mostAgain = 12;

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => process.exit(1));
process.once('exit', () => {
  stopMocha();
  for (const workshop of workshops) workshop.close();
});

const patches = readPatches(path.join(root, 'test/sabotage'));
const chosen = patches.filter(({ name }) => names.length === 0 || names.some((part) => name.includes(part)));
if (names.length === 0)
  for (const file of unguarded(root)) report(file, 'no patch of test/sabotage names it');
if (chosen.length === 0 && tally.failed === 0) report('sabotage', 'there is no such patch');
const queue = [...chosen];
const again = [];
const workers = Math.min(Number(values.workers ?? os.availableParallelism()), 4, Math.max(1, queue.length));
await Promise.all(Array.from({ length: workers }, () => work(workers > 1 ? again : undefined)));
await tryAgainAlone();
process.exitCode = tally.failed === 0 ? 0 : 1;
recap(tally.failures);
console.log(`\n${tally.passed} passed, ${tally.failed} failed`);

/** Takes patches off the queue; what fails beside others goes to `second`, or where there is none, is reported. */
async function work(second) {
  let workshop;
  for (let patch = queue.shift(); patch; patch = queue.shift()) {
    workshop ??= open();
    const started = Date.now();
    const problem = await attempt(workshop, patch).catch((error) => {
      // Nobody knows what state this copy is in: the next patch gets a new one.
      workshop = undefined;
      return String(error);
    });
    const took = `${((Date.now() - started) / 1000).toFixed(1)} s`;
    if (problem && second) second.push(patch);
    else report(patch.name, problem, took);
    if (problem && second) console.log(`… ${patch.name} will be tried again alone: ${problem}`);
  }
}

/** Two at a time slow each other down; a failure counts when nothing else runs. Many are no accident. */
async function tryAgainAlone() {
  baselines.clear();
  if (again.length > mostAgain)
    for (const { name } of again.splice(mostAgain)) report(name, 'failed (above)');
  queue.push(...again);
  await work();
}

function open() {
  const workshop = openWorkshop(root);
  workshops.push(workshop);
  return workshop;
}

/** Why the sabotage does not show that its tests guard; undefined where it does. */
async function attempt(workshop, patch) {
  if (patch.problem) return patch.problem;
  const absent = patch.tests.filter((test) => !existsSync(path.join(root, test)));
  if (absent.length > 0) return `${absent.join(', ')}: there is no such file`;
  const unfit = judgeBaseline(await baseline(workshop, patch.tests), patch.grep);
  if (unfit) return unfit;
  const refused = await applyPatch(workshop, patch.file);
  if (refused) return `does not apply:\n${refused}`;
  const complaint = await compile(workshop, [...workshop.changed, ...patch.touched]);
  workshop.changed = patch.touched;
  const problem = complaint
    ? `does not compile:\n${complaint}`
    : judgeSabotage(await tryTests(workshop, patch.tests, patch.grep));
  const stuck = await applyPatch(workshop, patch.file, { reverse: true });
  if (stuck) throw new Error(`${patch.name} can't be taken back: ${stuck}`);
  return problem;
}

/** The files' results with every guard in place, run once for all patches that name the same files. */
async function baseline(workshop, tests) {
  const key = tests.join(' ');
  if (!baselines.has(key)) baselines.set(key, untouched(workshop, tests));
  return baselines.get(key);
}

/** What the last patch changed is compiled anew only here: a patch compiles what it changes and what was taken back. */
async function untouched(workshop, tests) {
  const complaint = await compile(workshop, workshop.changed);
  return complaint
    ? { problem: 'the untouched copy does not compile', output: complaint }
    : tryTests(workshop, tests);
}

function report(name, problem, took = '') {
  tally[problem ? 'failed' : 'passed'] += 1;
  if (problem) tally.failures.push({ name: `sabotage ${name}`, reason: problem });
  console.log(problem ? `✗ ${name}: ${problem}` : `✓ ${name}: its tests noticed (${took})`);
}
