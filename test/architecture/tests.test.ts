import assert from 'node:assert/strict';
import { sourceFiles } from '../support/architecture/repository.js';
import { parseSource } from '../support/architecture/source-file.js';
import { skippedTests } from '../support/architecture/test-rules.js';

const found = (text: string): number => skippedTests(parseSource('test/unit/x.test.ts', text)).length;

describe('the tests themselves', () => {
  it('all run: none is skipped, none runs alone', () => {
    assert.deepEqual([...sourceFiles('test').values()].flatMap(skippedTests), []);
  });

  it('that are skipped are seen', () => {
    const ways = [
      `it.only('x', () => {});`,
      `describe.skip('x', () => {});`,
      `xit('x', () => {});`,
      `it('x');`,
      `it('x', function () { this.skip(); });`,
    ];
    for (const way of ways) assert.equal(found(way), 1, way);
  });

  it('that run are let be', () => {
    assert.equal(found(`describe('x', () => { it('y', () => { list.skip(3); }); });`), 0);
  });
});
