// A second opinion (decision 0033): the files of what failed, alone on the machine, twice. What then passes both times
// failed by the machine's load; it is told as such at the end, to be mended, and does not refuse the change.
import path from 'node:path';
import { runGroup } from './group.mjs';

const root = path.resolve(import.meta.dirname, '../..');
/** Many are no accident. */
const mostFiles = 4;
const times = 2;

/**
 * Splits failures into `{stands, passing}`.
 * @param failures of `{title, file, reason, group, env}`, file as `test/group/name.test.ts`
 */
export async function tryAgainAlone(failures) {
  const files = new Map(failures.map((failure) => [failure.file, failure]));
  if (files.size === 0 || files.size > mostFiles) return { stands: failures, passing: [] };
  const passed = new Set();
  for (const [file, { group, env }] of files) {
    console.log(`\n── ${file} again, alone ──`);
    if (await passesAlone(group, file, env)) passed.add(file);
  }
  const passing = failures.filter(({ file }) => passed.has(file));
  return { stands: failures.filter(({ file }) => !passed.has(file)), passing };
}

async function passesAlone(group, file, env) {
  const compiled = path.join(root, 'dist', file.replace(/\.tsx?$/, '.js'));
  for (let time = 0; time < times; time += 1) {
    const result = await runGroup(group, [compiled], { env });
    if (result.passed === 0 || result.failed > 0 || result.problems.length > 0) return false;
  }
  return true;
}
