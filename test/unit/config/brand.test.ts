import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { grounds } from '../../../src/config/brand-checks.js';
import { contrast } from '../../../src/config/contrast.js';
import { loadConfig } from '../../../src/config/load.js';

const load = (yaml: string) => loadConfig({ env: { HOLDFAST_CONFIG: 'x.yaml' }, readFile: () => yaml });
const problems = (yaml: string) => {
  const loaded = load(yaml);
  return loaded.ok ? [] : loaded.problems.map(({ setting, message }) => `${setting}: ${message}`);
};

describe('the brand', () => {
  it('has an accent that can be read on its ground', () => {
    assert.deepEqual(problems('brand: { accent: { light: "#7a1fa2", dark: "#ce93d8" } }'), []);
    const [light, dark] = problems('brand: { accent: { light: "#ffcc00", dark: "#7a1fa2" } }');
    assert.match(light ?? '', /^brand\.accent\.light: can't be read: 1\.4:1 on the light ground/);
    assert.match(dark ?? '', /^brand\.accent\.dark: can't be read: 2\.\d:1 on the dark ground/);
    assert.match(problems('brand: { accent: { light: teal } }')[0] ?? '', /must be a colour like #0b6e69/);
  });

  it('says where help is, by mail or on the web', () => {
    assert.deepEqual(problems('brand: { support: help@example.com }'), []);
    assert.deepEqual(problems('brand: { support: "https://example.com/help" }'), []);
    for (const wrong of ['http://example.com', 'javascript:alert(1)', 'call us']) {
      assert.match(problems(`brand: { support: "${wrong}" }`)[0] ?? '', /^brand\.support: must be/, wrong);
    }
  });

  it('is measured as WCAG does', () => {
    assert.equal(contrast('#000000', '#ffffff'), 21);
    assert.equal(contrast('#777777', '#777777'), 1);
    assert.equal(contrast('#0B6E69', '#fbfaf7').toFixed(1), '5.8');
  });

  it('is measured against the grounds that the pages have', () => {
    const sheet = path.resolve(import.meta.dirname, '../../../../src/web/holdfast.css');
    const papers = [...readFileSync(sheet, 'utf8').matchAll(/--paper: (#[0-9a-f]{6});/g)].map(([, it]) => it);
    assert.deepEqual(papers.slice(0, 2), [grounds.light, grounds.dark]);
  });
});
