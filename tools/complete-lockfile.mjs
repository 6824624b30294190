// Makes package-lock.json whole for every platform. Where the registry in use lacks some platform's optional package,
// `npm install` leaves its entry out, and `npm ci` then stops with "Missing: … from lock file". This adds those entries:
// name, version and the platform told by the name, without a checksum, since the package could not be fetched.
//   node tools/complete-lockfile.mjs           add what is missing (run it after every `npm install`)
//   node tools/complete-lockfile.mjs --check   only say what is missing; exit code 1 if anything is
//   … FILE                                     another lockfile than this repository's
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const systems = 'aix android darwin freebsd linux netbsd openbsd openharmony sunos win32'.split(' ');
const processors = 'arm arm64 ia32 loong64 mips64el ppc64 riscv64 s390x x64'.split(' ');

/** The `os`, `cpu` and `libc` that a platform package's name tells, or undefined where it tells none. */
export function platformOf(name) {
  const words = name.split('/').at(-1).split('-');
  const os = words.find((word) => systems.includes(word));
  const cpu = words.find((word) => processors.includes(word));
  if (!os || !cpu) return undefined;
  const last = words.at(-1);
  const libc = last.startsWith('musl') ? 'musl' : last.startsWith('gnu') ? 'glibc' : undefined;
  return { os: [os], cpu: [cpu], ...(os === 'linux' && libc ? { libc: [libc] } : {}) };
}

/** Every dependency that some package of the lockfile names and no entry fulfils: `{from, name, version, optional}`. */
export function missingEntries(packages) {
  const missing = [];
  for (const [from, entry] of Object.entries(packages)) {
    const wanted = { ...requiredPeers(entry), ...entry.dependencies, ...entry.optionalDependencies };
    for (const [name, version] of Object.entries(wanted)) {
      const optional = Object.hasOwn(entry.optionalDependencies ?? {}, name);
      if (!isFound(packages, from, name)) missing.push({ from, name, version, optional });
    }
  }
  return missing;
}

/** The lockfile with an entry for each missing platform package, keys in npm's order, and what could not be added. */
export function complete(lockfile) {
  const packages = { ...lockfile.packages };
  const failed = [];
  for (const { from, name, version, optional } of missingEntries(packages)) {
    const platform = platformOf(name);
    if (!optional || !platform || !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version)) {
      failed.push(`${name}@${version}, wanted by ${from || 'package.json'}`);
      continue;
    }
    const { dev, license, engines } = packages[from];
    packages[`node_modules/${name}`] = {
      version,
      cpu: platform.cpu,
      ...(dev ? { dev } : {}),
      ...(platform.libc ? { libc: platform.libc } : {}),
      ...(license ? { license } : {}),
      optional: true,
      os: platform.os,
      ...(engines ? { engines } : {}),
    };
  }
  const sorted = Object.keys(packages).sort((one, other) => one.localeCompare(other, 'en'));
  return {
    lockfile: { ...lockfile, packages: Object.fromEntries(sorted.map((key) => [key, packages[key]])) },
    failed,
  };
}

function requiredPeers(entry) {
  const meta = entry.peerDependenciesMeta ?? {};
  return Object.fromEntries(
    Object.entries(entry.peerDependencies ?? {}).filter(([name]) => !meta[name]?.optional),
  );
}

function isFound(packages, from, name) {
  for (let folder = from; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('node_modules/') - 1))) {
    if (packages[`${folder ? `${folder}/` : ''}node_modules/${name}`]) return true;
    if (!folder) return false;
  }
}

function main() {
  const given = process.argv.slice(2).find((argument) => !argument.startsWith('--'));
  const file = path.resolve(given ?? path.join(import.meta.dirname, '../package-lock.json'));
  const lockfile = JSON.parse(readFileSync(file, 'utf8'));
  const missing = missingEntries(lockfile.packages);
  if (process.argv.includes('--check')) {
    for (const { from, name, version } of missing)
      console.error(`missing: ${name}@${version}, wanted by ${from}`);
    if (missing.length > 0) console.error('Run: node tools/complete-lockfile.mjs');
    process.exitCode = missing.length > 0 ? 1 : 0;
    return;
  }
  const completed = complete(lockfile);
  for (const line of completed.failed) console.error(`cannot add: ${line}`);
  if (completed.failed.length > 0) process.exitCode = 1;
  if (missing.length > 0) writeFileSync(file, `${JSON.stringify(completed.lockfile, null, 2)}\n`);
  console.log(`${missing.length - completed.failed.length} entries added to ${path.basename(file)}`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main();
