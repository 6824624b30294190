import assert from 'node:assert/strict';
import { loadAssets } from '../../../src/web/assets.js';

describe('the assets', () => {
  const assets = loadAssets();

  it('have the digest of their contents in their names', () => {
    const url = assets.url('holdfast.css');
    assert.match(url, /^\/assets\/holdfast-[0-9a-f]{12}\.css$/);
    assert.match(assets.find(url)?.contents.toString() ?? '', /--paper/);
  });

  it('are known by name or not at all', () => {
    assert.throws(() => assets.url('nothing.css'), /was the build run/);
    for (const path of [
      '/assets/manifest.json',
      '/assets/../package.json',
      '/assets/',
      '/assets/holdfast.css',
    ]) {
      assert.equal(assets.find(path), undefined, path);
    }
  });

  it('hold islands of less than 25 kB', () => {
    for (const name of ['passkey.js', 'copy.js']) {
      const size = assets.find(assets.url(name))?.contents.length ?? Number.POSITIVE_INFINITY;
      assert.ok(size < 25_000, `${name}: ${size}`);
    }
  });
});
