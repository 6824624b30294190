import assert from 'node:assert/strict';
import { sourceFiles } from '../support/architecture/repository.js';
import { pageNames } from '../support/pages/every-page.js';

/** What pages are made from, and what others go into. */
const frames = ['Page', 'WidePage', 'ConsolePage', 'ChangePage'];
const component = /^export (?:async )?function ([A-Z]\w*Page)\(/gm;

describe('every page', () => {
  it('is looked at by the tests in the browser: test/support/pages/every-page.ts names it', () => {
    const components = [...sourceFiles('src').values()]
      .filter(({ path }) => path.endsWith('.tsx'))
      .flatMap(({ text }) => [...text.matchAll(component)].map(([, name]) => name ?? ''))
      .filter((name) => !frames.includes(name));
    assert.ok(components.length > 20);
    assert.deepEqual(components.filter((name) => !pageNames.has(name)).toSorted(), []);
    assert.deepEqual([...pageNames].filter((name) => !components.includes(name)).toSorted(), []);
  });
});
