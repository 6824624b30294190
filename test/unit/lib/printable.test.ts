import assert from 'node:assert/strict';
import { isPrintable, printable } from '../../../src/lib/printable.js';

describe('a text that somebody chose', () => {
  it('is printable in every script, with its marks and joiners', () => {
    for (const text of ['Ada', '陳大文', 'नमस्ते', 'عائشة', '👩‍💻', '']) assert.ok(isPrintable(text), text);
  });

  it('is not, with what ends a line, drives a terminal or turns the words around it', () => {
    for (const spoiler of ['\n', '\u001b', '\u009b', '\u202e', '\u2066']) {
      assert.equal(isPrintable(`a${spoiler}b`), false);
      assert.equal(printable(`a${spoiler}b`, '?'), 'a?b');
      assert.equal(printable(`a${spoiler}b`), 'ab');
    }
  });
});
