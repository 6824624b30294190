// A sabotage: a unified diff that takes out one guard, headed by the tests that must notice.
//   # tests: test/attacks/refresh-reuse.test.ts
//   # grep: reuse ends the family
//   # Takes out the end of the family when a rotated refresh token comes back.
//   --- a/src/…
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** The patches of a folder, by name. A header that lacks something is told in `problem`. */
export function readPatches(folder) {
  return (existsSync(folder) ? readdirSync(folder) : [])
    .filter((file) => file.endsWith('.patch'))
    .sort()
    .map((file) => parsePatch(path.join(folder, file), readFileSync(path.join(folder, file), 'utf8')));
}

export function parsePatch(file, text) {
  const lines = text.split('\n');
  const start = lines.findIndex((line) => /^(--- |diff --git )/.test(line));
  const header = (start < 0 ? lines : lines.slice(0, start)).filter((line) => line.startsWith('#'));
  const field = (name) =>
    header
      .find((line) => line.startsWith(`# ${name}:`))
      ?.slice(name.length + 3)
      .trim();
  const tests = (field('tests') ?? '').split(/[\s,]+/).filter(Boolean);
  const prose = header.filter((line) => !/^# (tests|grep):/.test(line) && line.length > 2);
  const touched = [...text.matchAll(/^(?:---|\+\+\+) [ab]\/(\S+)/gm)].map((match) => match[1]);
  const patch = {
    name: path.basename(file, '.patch'),
    file,
    tests,
    grep: field('grep'),
    touched: [...new Set(touched)],
  };
  return { ...patch, problem: problemOf(patch, prose) };
}

function problemOf({ tests, grep, touched }, prose) {
  if (tests.length === 0) return 'has no line "# tests: …"';
  if (!grep) return 'has no line "# grep: …"';
  if (prose.length === 0) return 'does not say in a line "# …" which guard it takes out';
  if (touched.length === 0) return 'changes nothing';
  const foreign = touched.filter((one) => !/^(src|migrations|config)\//.test(one));
  return foreign.length > 0
    ? `changes ${foreign.join(', ')}: a sabotage only touches src, migrations and config`
    : undefined;
}
