import assert from 'node:assert/strict';
import { LogoUnusable, readLogo } from '../../../src/web/logo.js';

const noFile = (): Buffer => {
  throw new Error('ENOENT: no such file');
};
const svg = (inside: string, attributes = 'viewBox="0 0 40 20"') =>
  `data:image/svg+xml,${encodeURIComponent(`<svg xmlns="http://www.w3.org/2000/svg" ${attributes}>${inside}</svg>`)}`;
const png = (width: number, height: number) => {
  const bytes = Buffer.alloc(32);
  Buffer.from('89504e470d0a1a0a', 'hex').copy(bytes);
  bytes.writeUInt32BE(width, 16);
  bytes.writeUInt32BE(height, 20);
  return bytes;
};

describe('the operator’s logo', () => {
  it('is a drawing or a PNG, from the configuration or a file', () => {
    const drawn = readLogo(svg('<path d="M0 0h4"/><use href="#a"/><path fill="url(#b)"/>'), noFile);
    assert.equal(drawn.type, 'image/svg+xml');
    assert.equal(drawn.ratio, 2);
    assert.equal(readLogo('logo.png', () => png(30, 60)).ratio, 0.5);
    const encoded = `data:image/png;base64,${png(8, 8).toString('base64')}`;
    assert.equal(readLogo(encoded, noFile).type, 'image/png');
  });

  const refused: [why: string, source: string, reads?: Buffer][] = [
    ['a file that is not there', 'logo.svg'],
    ['another type', 'data:image/jpeg;base64,AAAA'],
    ['neither', 'logo.svg', Buffer.from('GIF89a')],
    ['no size', svg('', 'viewBox="0 0 0 20"')],
    ['no viewBox', svg('', 'width="20"')],
    ['half a PNG', 'logo.png', png(8, 8).subarray(0, 12)],
    ['more than 64 kB', 'logo.svg', Buffer.alloc(65_537)],
    ['a script', svg('<script>alert(1)</script>')],
    ['an event handler', svg('<path onload="alert(1)"/>')],
    ['a document inside', svg('<foreignObject><p/></foreignObject>')],
    ['a link', svg('<a href="https://evil.test/"/>')],
    ['a picture from elsewhere', svg('<image xlink:href="//evil.test/x.png"/>')],
    ['a style from elsewhere', svg('<style>@import "//evil.test/x.css"</style>')],
    ['a fill from elsewhere', svg('<path fill="url(https://evil.test/#a)"/>')],
    ['entities', 'logo.svg', Buffer.from('<!DOCTYPE svg [<!ENTITY a "b">]><svg viewBox="0 0 1 1"/>')],
  ];
  for (const [why, source, bytes] of refused) {
    it(`is not ${why}`, () => {
      const read = bytes === undefined ? noFile : () => bytes;
      assert.throws(() => readLogo(source, read), LogoUnusable);
    });
  }
});
