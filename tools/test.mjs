// Runs every test over the compiled files (`npm test`, which builds first) and ends with `N passed, N failed`.
//   npm test -- --only=unit,http     some groups, without the coverage gate
//   npm test -- --file=refresh       only files whose path contains this; --grep=PATTERN: only tests whose title matches
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { tryAgainAlone } from './testing/again.mjs';
import { ensureApache } from './testing/apache.mjs';
import { ensureKeyring } from './testing/keyring.mjs';
import { ensureCertutil } from './testing/certutil.mjs';
import { ensureChromium } from './testing/chromium.mjs';
import { ensureCurl } from './testing/curl.mjs';
import { checkCoverage, recordCoverage } from './testing/coverage.mjs';
import { runGroup, testFiles } from './testing/group.mjs';
import { stopMocha } from './testing/mocha.mjs';
import { ensureCaddy, ensureNginx } from './testing/proxies.mjs';
import { ensurePython } from './testing/python.mjs';
import { recap, tellSlowest } from './testing/recap.mjs';

const groups = ['architecture', 'unit', 'storage', 'http', 'attacks', 'interop', 'browser'];
const notTests = ['sabotage', 'support'];

/** What a group needs besides npm packages, as variables that tell it where. */
const programsOf = {
  // An adversary in the middle needs a victim's browser.
  attacks: () => ({ TEST_CHROMIUM_BIN: ensureChromium() }),
  // A newcomer of test/browser types `nginx`.
  browser: () => ({
    TEST_CHROMIUM_BIN: ensureChromium(),
    TEST_CERTUTIL_BIN: ensureCertutil(),
    TEST_NGINX_BIN: ensureNginx(),
  }),
  interop: () => ({
    TEST_APACHE_BIN: ensureApache(),
    TEST_NGINX_BIN: ensureNginx(),
    TEST_CADDY_BIN: ensureCaddy(),
    TEST_CURL_BIN: ensureCurl(),
    TEST_DBUS_RUN_SESSION_BIN: ensureKeyring(),
    TEST_PYTHON_BIN: ensurePython(),
  }),
};

const { values: chosen } = parseArgs({
  options: { only: { type: 'string' }, file: { type: 'string' }, grep: { type: 'string' } },
});
const partial = Boolean(chosen.only ?? chosen.file ?? chosen.grep);
const wanted = chosen.only ? chosen.only.split(',') : groups;

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.once(signal, () => {
    stopMocha();
    process.exit(1);
  });
}

const total = { passed: 0, failed: 0, problems: unknownFolders(), failures: [], files: [] };
const env = { ...(partial ? {} : recordCoverage()) };
for (const group of wanted) {
  if (!groups.includes(group)) {
    total.problems.push(`there is no group "${group}": ${groups.join(', ')}`);
    continue;
  }
  const files = testFiles(group, chosen.file);
  if (chosen.file && files.length === 0) continue;
  await runOne(group, files);
}
if (!partial) total.problems.push(...checkCoverage());
if (!partial) await judgeAgain();
if (total.passed + total.failed + total.problems.length === 0) total.problems.push('no test was run');
const failed = total.failed + total.problems.length;
tellSlowest(total.files);
recap([...total.failures.map(failureOf), ...total.problems.map((name) => ({ name }))]);
process.exitCode = failed === 0 ? 0 : 1;
console.log(`\n${total.passed} passed, ${failed} failed`);

async function runOne(group, files) {
  console.log(`\n── ${group} ──`);
  const started = Date.now();
  let programs = {};
  try {
    programs = programsOf[group]?.() ?? {};
  } catch (error) {
    total.problems.push(`${group}: ${error.message}`);
    return;
  }
  const result = await runGroup(group, files, { env: { ...env, ...programs }, grep: chosen.grep });
  const onlyNoMatch = chosen.grep && result.problems.every((problem) => problem.endsWith('no test matches'));
  total.passed += result.passed;
  total.failed += result.failed;
  total.failures.push(...result.failures.map((failure) => ({ ...failure, group, env: programs })));
  total.files.push(...result.files);
  total.problems.push(...(onlyNoMatch ? [] : result.problems));
  const seconds = ((Date.now() - started) / 1000).toFixed(1);
  console.log(`${group}: ${result.passed} passed, ${result.failed} failed, ${seconds} s`);
}

async function judgeAgain() {
  const { stands, passing } = await tryAgainAlone(total.failures);
  total.failures = stands;
  total.passed += passing.length;
  total.failed -= passing.length;
  for (const { title, file, reason } of passing)
    console.log(`\n⚠ failed beside others, passed twice alone: ${title} (${file})\n${reason}`);
}

function failureOf({ title, file, reason }) {
  return { name: `${title} (${file})`, reason };
}

/** A folder that no group names would be a folder whose tests never run. */
function unknownFolders() {
  const folders = readdirSync(path.resolve(import.meta.dirname, '../test'), { withFileTypes: true });
  return folders
    .filter((entry) => entry.isDirectory() && ![...groups, ...notTests].includes(entry.name))
    .map((entry) => `test/${entry.name} belongs to no group of tools/test.mjs`);
}
