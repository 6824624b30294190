import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** One file under /assets, whose name holds the digest of its contents. */
export interface Asset {
  readonly type: string;
  readonly contents: Buffer;
}

/** Style sheets and scripts, read once at start. */
export interface Assets {
  /** The address of an asset by its plain name (`holdfast.css`). Throws when the build made none of that name. */
  url(name: string): string;
  /** The file behind a request's path; undefined when it is none of ours. */
  find(requestPath: string): Asset | undefined;
}

const prefix = '/assets/';
const types: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
};
const built = path.resolve(import.meta.dirname, '../../assets');

/** @param folder what the build wrote: a manifest.json and the files it names */
export function loadAssets(folder = built): Assets {
  const manifest = JSON.parse(readFileSync(path.join(folder, 'manifest.json'), 'utf8')) as Record<
    string,
    string
  >;
  const files = new Map<string, Asset>();
  for (const name of readdirSync(folder)) {
    const type = types[path.extname(name)];
    if (type) files.set(prefix + name, { type, contents: readFileSync(path.join(folder, name)) });
  }
  return {
    url: (name) => {
      const file = manifest[name];
      if (!file) throw new Error(`no asset ${name}: was the build run?`);
      return prefix + file;
    },
    find: (requestPath) => files.get(requestPath),
  };
}
