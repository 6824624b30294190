// Compiles the server, type-checks the islands and the example web app (they alone see the DOM), bundles them and
// fingerprints the assets.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';

const root = path.resolve(import.meta.dirname, '..');
const tsc = path.join(root, 'node_modules/typescript/bin/tsc');
const compile = (project) =>
  execFileSync(process.execPath, [tsc, '-p', project], { cwd: root, stdio: 'inherit' });

removeOrphans();
compile('tsconfig.json');
const islands = findIslands(path.join(root, 'src'));
if (islands.length > 0) compile('tsconfig.islands.json');
compile('examples/spa/app/tsconfig.json');
const browserBundle = {
  bundle: true,
  minify: true,
  format: 'esm',
  target: 'es2022',
  jsx: 'automatic',
  jsxImportSource: 'preact',
  legalComments: 'none',
  logLevel: 'warning',
};
await writeAssets();
await writeExampleApp();

/** What was compiled from a file that is gone goes too: else a deleted test would still run. */
function removeOrphans() {
  for (const area of ['src', 'migrations', 'test', 'bench', 'examples', 'tools']) {
    const folder = path.join(root, 'dist', area);
    if (!existsSync(folder)) continue;
    for (const file of readdirSync(folder, { recursive: true })) {
      const name = /^(.*)\.js$/.exec(file)?.[1];
      if (!name || ['.ts', '.tsx'].some((ending) => existsSync(path.join(root, area, name + ending))))
        continue;
      for (const ending of ['.js', '.js.map', '.d.ts'])
        rmSync(path.join(folder, name + ending), { force: true });
    }
  }
}

function findIslands(folder) {
  return readdirSync(folder, { recursive: true })
    .filter((file) => /(^|\/)islands\/[^/]+\.island\.tsx?$/.test(file))
    .map((file) => path.join(folder, file));
}

async function writeAssets() {
  const assets = path.join(root, 'dist/assets');
  rmSync(assets, { recursive: true, force: true });
  mkdirSync(assets, { recursive: true });
  const manifest = {};
  const emit = (name, contents) => {
    const digest = createHash('sha256').update(contents).digest('hex').slice(0, 12);
    const extension = path.extname(name);
    const file = `${path.basename(name, extension)}-${digest}${extension}`;
    writeFileSync(path.join(assets, file), contents);
    manifest[name] = file;
  };
  for (const island of islands) {
    const bundled = await build({ ...browserBundle, entryPoints: [island], write: false });
    emit(path.basename(island).replace(/\.island\.tsx?$/, '.js'), bundled.outputFiles[0].contents);
  }
  const web = path.join(root, 'src/web');
  for (const sheet of existsSync(web) ? readdirSync(web).filter((file) => file.endsWith('.css')) : []) {
    emit(sheet, readFileSync(path.join(web, sheet)));
  }
  writeFileSync(path.join(assets, 'manifest.json'), JSON.stringify(manifest, null, 2));
}

/** The single-page app of examples/spa: its server hands out this folder. */
async function writeExampleApp() {
  const source = path.join(root, 'examples/spa/app');
  const target = path.join(root, 'dist/spa');
  mkdirSync(target, { recursive: true });
  const entryPoints = ['app.tsx', 'app.css'].map((file) => path.join(source, file));
  await build({ ...browserBundle, entryPoints, outdir: target });
  copyFileSync(path.join(source, 'index.html'), path.join(target, 'index.html'));
}
