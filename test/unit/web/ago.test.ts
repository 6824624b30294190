import { strict as assert } from 'node:assert';
import { Ago } from '../../../src/web/ago.js';
import { renderPage } from '../../../src/web/render.js';
import { siteFor, siteOf } from '../../../src/web/site.js';
import { browserName, placeName } from '../../../src/web/where.js';
import { catalogue } from '../../../src/web/words/words.js';

const assets = { url: (name: string) => `/assets/${name}`, find: () => undefined };
const english = siteOf({ issuer: 'https://id.example', brand: { name: 'Holdfast' } } as never, assets);
const chinese = siteFor(english, { 'accept-language': 'zh-TW' });

describe('how long ago something was', () => {
  const now = Date.UTC(2026, 10, 22, 14, 5);
  const said = (seconds: number, site = english) => {
    const html = renderPage(Ago({ site, at: new Date(now - seconds * 1000), now }));
    return /<time[^>]*>([^<]*)</.exec(html)?.[1];
  };

  const expected: readonly (readonly [number, string, string])[] = [
    [-30, 'just now', '剛剛'],
    [59, 'just now', '剛剛'],
    [60, '1 minute ago', '1 分鐘前'],
    [7199, '1 hour ago', '1 小時前'],
    [86_400, 'yesterday', '昨天'],
    [6 * 86_400, '6 days ago', '6 天前'],
    [7 * 86_400, '15 November 2026', '2026年11月15日'],
  ];
  for (const [seconds, inEnglish, inChinese] of expected) {
    it(`is ${inEnglish} after ${seconds} seconds`, () => {
      assert.equal(said(seconds), inEnglish);
      assert.equal(said(seconds, chinese), inChinese);
    });
  }
});

describe('where something was', () => {
  it('is a country in the reader’s language, or our own network', () => {
    assert.equal(placeName('HK', 'en', catalogue.en), 'Hong Kong');
    assert.equal(placeName('HK', 'zh-Hant', catalogue['zh-Hant']), '香港');
    assert.equal(placeName('local', 'en', catalogue.en), 'this network');
    assert.equal(placeName('Atlantis', 'en', catalogue.en), 'Atlantis');
  });

  it('is a browser as each language says it', () => {
    assert.equal(browserName('Chrome on macOS', catalogue.en), 'Chrome on macOS');
    assert.equal(browserName('Chrome on macOS', catalogue['zh-Hant']), 'macOS 上的 Chrome');
    assert.equal(browserName('Lynx', catalogue.en), 'Lynx');
    assert.equal(browserName(undefined, catalogue.en), 'A browser');
  });
});
