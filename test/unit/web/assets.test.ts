import assert from 'node:assert/strict';
import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';
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
    for (const asked of [
      '/assets/manifest.json',
      '/assets/../package.json',
      '/assets/',
      '/assets/holdfast.css',
    ]) {
      assert.equal(assets.find(asked), undefined, asked);
    }
  });

  it('hold less than 60 kB of script in all', () => {
    const folder = path.resolve(import.meta.dirname, '../../../assets');
    const scripts = readdirSync(folder).filter((file) => file.endsWith('.js'));
    assert.ok(scripts.length >= 5);
    const bytes = scripts.reduce((sum, file) => sum + statSync(path.join(folder, file)).size, 0);
    assert.ok(bytes < 60_000, `${bytes} bytes`);
  });
});
