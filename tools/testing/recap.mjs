// What failed, told once more at the very end: of a long log often only the tail is kept, and `.ci/run` gathers these.

/** `.ci/run` copies what stands between this line and the counts. */
const heading = '── what failed ──';
const mostInFull = 40;
const mostLines = 8;
const widest = 240;

/**
 * Prints one paragraph for each failure: its name, and the first lines of the reason.
 * @param failures of `{name, reason}`
 */
export function recap(failures) {
  if (failures.length === 0) return;
  console.log(`\n${heading}`);
  for (const [index, { name, reason = '' }] of failures.entries()) {
    console.log(`✗ ${name}`);
    for (const line of index < mostInFull ? firstLines(reason) : []) console.log(`    ${line}`);
  }
}

/** Prints which files took longest, hooks and all. */
export function tellSlowest(files, most = 10) {
  const took = new Map();
  for (const { file, milliseconds } of files) took.set(file, (took.get(file) ?? 0) + milliseconds);
  const slowest = [...took].sort(([, one], [, other]) => other - one).slice(0, most);
  if (slowest.length === 0) return;
  console.log(`\n── the ${slowest.length} slowest files ──`);
  for (const [file, milliseconds] of slowest)
    console.log(`${(milliseconds / 1000).toFixed(1).padStart(7)} s  ${file}`);
}

function firstLines(reason) {
  const lines = reason.split('\n').filter((line) => line.trim() !== '');
  return lines.slice(0, mostLines).map((line) => line.slice(0, widest));
}
