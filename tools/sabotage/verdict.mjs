// Judges one sabotage: its tests must pass with the guard and fail, by their own assertions, without it.

/** Undefined where the named tests pass on the untouched copy; else why nothing can be shown with them. */
export function judgeBaseline({ counts, problem, output }, grep) {
  if (!counts)
    return `its tests crash even with the guard in place${problem ? ` (${problem})` : ''}:\n${tail(output)}`;
  const pattern = new RegExp(grep);
  const broken = counts.failures.filter(({ title, hook }) => hook || pattern.test(title));
  if (broken.length > 0)
    return `its tests fail even with the guard in place: ${broken.map(describe).join('; ')}`;
  return counts.tests.some(({ title }) => pattern.test(title))
    ? undefined
    : `no test has a title that matches "${grep}"`;
}

/** Undefined where every named test failed by an assertion; else what went otherwise. */
export function judgeSabotage({ counts, problem, output }) {
  if (!counts)
    return `the harness crashed instead of failing${problem ? ` (${problem})` : ''}:\n${tail(output)}`;
  if (counts.passed + counts.failed === 0) return 'no test ran';
  if (counts.tests.length > 0)
    return `nobody noticed: ${counts.tests.map(({ title }) => `"${title}" passed`).join('; ')}`;
  const otherwise = counts.failures.filter(({ kind, hook }) => hook || kind !== 'assertion');
  if (otherwise.length > 0)
    return `failed, but not by an assertion of the test: ${otherwise.map(describe).join('; ')}`;
  return undefined;
}

const describe = ({ title, message }) => `"${title}": ${message.split('\n')[0]}`;
const tail = (output) => output.trim().split('\n').slice(-15).join('\n');
