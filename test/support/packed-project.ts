import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { root } from './architecture/repository.js';

/** A project of somebody else, into which a packed area of this repository is installed as npm does it. */
export class PackedProject {
  readonly folder = mkdtempSync(path.join(tmpdir(), 'holdfast-consumer-'));

  /** @param area `gateway` or `client` */
  constructor(area: string) {
    const packing = spawnSync(process.execPath, ['tools/pack.mjs', area], { cwd: root, encoding: 'utf8' });
    if (packing.status !== 0) throw new Error(packing.stdout + packing.stderr);
    const tarball = packing.stdout.trim().split(' ').at(-1) ?? '';
    this.write('package.json', '{"private":true,"type":"module"}');
    // All that the package may need beside itself; offline, so that anything more fails.
    const packages = ['jose', 'undici'].map((name) => path.join(root, 'node_modules', name));
    const options = [
      '--offline',
      '--install-links',
      '--ignore-scripts',
      '--no-audit',
      '--no-fund',
      '--silent',
    ];
    const given = [path.join(root, tarball), ...packages];
    execFileSync('npm', ['install', ...options, ...given], { cwd: this.folder, stdio: 'pipe' });
  }

  write(file: string, text: string): void {
    mkdirSync(path.dirname(path.join(this.folder, file)), { recursive: true });
    writeFileSync(path.join(this.folder, file), text);
  }

  copy(folder: string, target: string): void {
    cpSync(path.join(root, folder), path.join(this.folder, target), { recursive: true });
  }

  /** Packages of this repository that the project has, too: its framework, the types of Node. */
  link(...names: string[]): void {
    for (const name of names) {
      const place = path.join(this.folder, 'node_modules', name);
      mkdirSync(path.dirname(place), { recursive: true });
      symlinkSync(path.join(root, 'node_modules', name), place);
    }
  }

  /** Runs the compiler; what it complains of, or nothing. */
  compile(files: readonly string[], options: Readonly<Record<string, unknown>>): string {
    const compilerOptions = {
      target: 'es2023',
      strict: true,
      types: ['node'],
      outDir: 'out',
      rootDir: '.',
      ...options,
    };
    this.write('tsconfig.json', JSON.stringify({ compilerOptions, files }));
    const compiler = path.join(root, 'node_modules/typescript/bin/tsc');
    return spawnSync(process.execPath, [compiler, '-p', '.'], { cwd: this.folder, encoding: 'utf8' }).stdout;
  }

  path(file: string): string {
    return path.join(this.folder, file);
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
