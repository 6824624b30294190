import { createHash } from 'node:crypto';
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

/** `assets` and one more file, made at start rather than by the build. */
export function withAsset(assets: Assets, name: string, asset: Asset): Assets {
  const digest = createHash('sha256').update(asset.contents).digest('hex').slice(0, 12);
  const { name: stem, ext } = path.parse(name);
  const own = `${prefix}${stem}-${digest}${ext}`;
  return {
    url: (asked) => (asked === name ? own : assets.url(asked)),
    find: (requestPath) => (requestPath === own ? asset : assets.find(requestPath)),
  };
}

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
