import assert from 'node:assert/strict';
import { coversGlob, matchesGlob, parseGlob } from '../../../src/lib/glob.js';

describe('globs', () => {
  const matching: readonly (readonly [string, string, boolean])[] = [
    ['*', '', true],
    ['a', 'a', true],
    ['a', 'ab', false],
    ['?', '', false],
    ['a*b*c', 'abxbc', true],
    ['a*b*c', 'acb', false],
    ['**-x', 'a-x-x', true],
    ['*a?', 'aab', true],
    ['a.c', 'abc', false],
    ['?', '*', true],
    ['a', '?', false],
  ];
  for (const [glob, text, expected] of matching) {
    it(`${glob} ${expected ? 'matches' : 'refuses'} "${text}"`, () => {
      assert.equal(matchesGlob(parseGlob(glob), text), expected);
    });
  }

  const covering: readonly (readonly [string, string, boolean])[] = [
    ['*', '*', true],
    ['*', 'a?b*', true],
    ['a*', 'ab*c', true],
    ['a*', '*a', false],
    ['?', '*', false],
    ['?', 'a', true],
    ['a', '?', false],
    ['*-x', '*-y-x', true],
  ];
  for (const [glob, other, expected] of covering) {
    it(`${glob} ${expected ? 'covers' : 'leaves something of'} ${other}`, () => {
      assert.equal(coversGlob(parseGlob(glob), parseGlob(other)), expected);
    });
  }
});
