/** The operator's picture, checked: it can be shown beside the brand's name. */
export interface Logo {
  readonly type: 'image/svg+xml' | 'image/png';
  readonly contents: Buffer;
  /** How wide it is, by its own height. */
  readonly ratio: number;
}

const most = 64 * 1024;
const pngSignature = Buffer.from('89504e470d0a1a0a', 'hex');

/** What a drawing needs none of: scripts, documents inside it, anything from elsewhere, definitions that multiply. */
const unsafe =
  /<!(?:doctype|entity)|<\?xml-stylesheet|<(?:script|foreignobject|iframe|object|embed|audio|video|handler)\b|\son\w+\s*=|javascript:|@import|href\s*=\s*["']?(?!["']?#)|url\(\s*["']?(?!["']?#)/i;

/** Its message says what to do. */
export class LogoUnusable extends Error {
  constructor(reason: string) {
    super(`brand.logo ${reason}`);
    this.name = 'LogoUnusable';
  }
}

/**
 * @param source `data:image/svg+xml,…`, `data:image/png;base64,…`, or the path of a file
 * @param read reads a file; throws as node:fs does
 */
export function readLogo(source: string, read: (file: string) => Buffer): Logo {
  const contents = contentsOf(source, read);
  if (contents.length > most) throw new LogoUnusable(`has ${contents.length} bytes; ${most} are allowed`);
  if (contents.subarray(0, 8).equals(pngSignature)) return pngLogo(contents);
  return svgLogo(contents);
}

function contentsOf(source: string, read: (file: string) => Buffer): Buffer {
  if (!source.startsWith('data:')) {
    try {
      return read(source);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new LogoUnusable(`cannot be read: ${reason}`);
    }
  }
  const parts = /^data:image\/(?:svg\+xml|png)(?:;charset=utf-8)?(;base64)?,(.*)$/is.exec(source);
  if (!parts) throw new LogoUnusable('must be of the type image/svg+xml or image/png');
  const [, base64, text = ''] = parts;
  return base64 === undefined ? Buffer.from(decodeURIComponent(text)) : Buffer.from(text, 'base64');
}

function pngLogo(contents: Buffer): Logo {
  // PNG §11.2.1: the IHDR chunk comes first; width and height stand at its beginning.
  if (contents.length < 24) throw new LogoUnusable('is no whole PNG');
  return {
    type: 'image/png',
    contents,
    ratio: ratioOf(contents.readUInt32BE(16), contents.readUInt32BE(20)),
  };
}

function svgLogo(contents: Buffer): Logo {
  const text = contents.toString('utf8');
  const opening = /<svg\b[^>]*>/i.exec(text)?.[0];
  if (opening === undefined) throw new LogoUnusable('is neither an SVG nor a PNG');
  const found = unsafe.exec(text.replace(/\sxmlns(?::\w+)?\s*=\s*(?:"[^"]*"|'[^']*')/g, ''));
  if (found) {
    throw new LogoUnusable(`must be a plain drawing: take out ${found[0].trim()} (scripts, links, DOCTYPE)`);
  }
  const box = /\sviewBox\s*=\s*["']\s*[-\d.]+[\s,]+[-\d.]+[\s,]+([\d.]+)[\s,]+([\d.]+)/i.exec(opening);
  if (!box) throw new LogoUnusable('needs a viewBox, so that its size is known');
  return { type: 'image/svg+xml', contents, ratio: ratioOf(Number(box[1]), Number(box[2])) };
}

function ratioOf(width: number, height: number): number {
  if (!(width > 0 && height > 0)) throw new LogoUnusable('has no size');
  return width / height;
}
