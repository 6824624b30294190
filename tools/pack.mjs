// Makes a small package of one area of src/ and of nothing that it does not reach: `npm run pack:gateway`, `pack:client`,
// `pack:dbsc`.
// dist/pack/AREA is the package, dist/pack/holdfast-AREA-VERSION.tgz what `npm publish` takes. publint must find nothing.
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { readme } from './packing/readme.mjs';
import { reach } from './packing/reach.mjs';

const root = path.resolve(import.meta.dirname, '..');
const descriptions = {
  gateway:
    'The guard of a resource server: takes bound tokens only, and asks Holdfast before a model is called.',
  client:
    'For client apps of Holdfast: a fetch that proves its key with every call, and readable challenges.',
  dbsc: 'Binds the sessions of a web app to the devices that signed in (Device Bound Session Credentials).',
};

const [area = ''] = process.argv.slice(2);
if (!(area in descriptions)) throw new Error(`say which: ${Object.keys(descriptions).join(', ')}`);
const whole = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
const folder = path.join(root, 'dist/pack', area);
rmSync(folder, { recursive: true, force: true });

const entries = Object.entries(whole.exports)
  .filter(([name]) => name === `./${area}` || name.startsWith(`./${area}/`))
  .map(([name, { types, default: code }]) => [name.replace(`./${area}`, '.'), { types, default: code }]);
const { files, packages } = reach(
  root,
  entries.flatMap(([, targets]) => Object.values(targets)),
);
for (const file of files) {
  const target = path.join(folder, inPackage(file));
  mkdirSync(path.dirname(target), { recursive: true });
  writeFileSync(
    target,
    readFileSync(path.join(root, file), 'utf8').replace(/^\/\/# sourceMappingURL=.*\n?/m, ''),
  );
}
copyFileSync(path.join(root, 'LICENSE'), path.join(folder, 'LICENSE'));
writeFileSync(path.join(folder, 'README.md'), readme(root, area));
writeFileSync(path.join(folder, 'package.json'), `${JSON.stringify(manifest(), undefined, 2)}\n`);

const said = execFileSync('npm', ['pack', '--silent', '--ignore-scripts', '--pack-destination', '..'], {
  cwd: folder,
});
const packed = said.toString().trim().split('\n').at(-1) ?? '';
const tarball = Uint8Array.from(readFileSync(path.join(folder, '..', packed))).buffer;
const { messages, pkg } = await publint({ pack: { tarball }, strict: true });
for (const message of messages) console.error(`publint: ${formatMessage(message, pkg)}`);
console.log(`${files.length} files: ${path.join('dist/pack', packed)}`);
process.exitCode = messages.length === 0 ? 0 : 1;

function manifest() {
  const { version, license, engines, dependencies } = whole;
  return {
    name: `@holdfast/${area}`,
    version,
    description: descriptions[area],
    license,
    type: 'module',
    sideEffects: false,
    engines,
    exports: {
      ...Object.fromEntries(entries.map(([name, targets]) => [name, relative(targets)])),
      './package.json': './package.json',
    },
    dependencies: Object.fromEntries(packages.map((name) => [name, dependencies[name]])),
  };
}

function relative(targets) {
  return Object.fromEntries(Object.entries(targets).map(([kind, file]) => [kind, `./${inPackage(file)}`]));
}

function inPackage(file) {
  return path.posix.relative('dist/src', path.posix.normalize(file));
}
