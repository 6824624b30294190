import type { Config } from '../config/schema.js';
import { type Assets, withAsset } from './assets.js';
import { brandIcon } from './brand-mark.js';
import { readLogo } from './logo.js';

/** What the operator changes of the look, beside the name. */
export interface Look {
  /** Address of the tab's icon. */
  readonly icon: string;
  /** In place of our mark. */
  readonly logo?: { readonly src: string; readonly width: number; readonly height: number };
  /** Address of the sheet that changes the accent. */
  readonly sheet?: string;
  readonly support?: { readonly href: string; readonly label: string };
}

const ownAccent = { light: '#0b6e69', dark: '#55c2b6' } as const;
export const ownLook: Look = { icon: brandIcon(ownAccent.light) };

const logoHeight = 26;
const logoWidest = 160;

/**
 * The brand of the configuration, and the files that it adds to the assets: all from our own origin, so that the pages'
 * policy stays as it is. Throws LogoUnusable.
 * @param read reads a file; throws as node:fs does
 */
export function lookOf(
  { accent, logo: source, support }: Omit<Config['brand'], 'name'>,
  built: Assets,
  read: (file: string) => Buffer,
): { readonly look: Look; readonly assets: Assets } {
  let assets = built;
  let look: Look = {
    icon: brandIcon(accent.light),
    ...(support !== undefined && { support: wayTo(support) }),
  };
  if (accent.light !== ownAccent.light || accent.dark !== ownAccent.dark) {
    const contents = Buffer.from(accentSheet(accent));
    assets = withAsset(assets, 'brand.css', { type: 'text/css; charset=utf-8', contents });
    look = { ...look, sheet: assets.url('brand.css') };
  }
  if (source !== undefined) {
    const { type, contents, ratio } = readLogo(source, read);
    const name = type === 'image/png' ? 'logo.png' : 'logo.svg';
    assets = withAsset(assets, name, { type, contents });
    const src = assets.url(name);
    const width = Math.round(Math.min(logoWidest, logoHeight * ratio));
    look = { ...look, icon: src, logo: { src, width, height: Math.round(width / ratio) } };
  }
  return { look, assets };
}

function accentSheet({ light, dark }: Config['brand']['accent']): string {
  return `:root{--accent:${light}}@media (prefers-color-scheme:dark){:root{--accent:${dark}}}\n`;
}

function wayTo(support: string): { href: string; label: string } {
  if (!support.startsWith('https://')) return { href: `mailto:${support}`, label: support };
  const { host, pathname } = new URL(support);
  return { href: support, label: `${host}${pathname}`.replace(/\/$/, '') };
}
