import assert from 'node:assert/strict';
import { sourceFiles } from '../support/architecture/repository.js';

const lines = (text: string): number => text.split('\n').length - 1;

describe('the size of files', () => {
  const files = [...sourceFiles('src', 'migrations').values()];

  it('is one idea each: never over 350 lines', () => {
    assert.deepEqual(
      files.filter(({ text }) => lines(text) > 350).map((file) => `${file.path}: ${lines(file.text)}`),
      [],
    );
  });

  it('is under 130 lines for the median file', () => {
    const sizes = files.map(({ text }) => lines(text)).sort((one, other) => one - other);
    const median = sizes[Math.floor(sizes.length / 2)] ?? 0;
    assert.ok(median > 0 && median < 130, `the median is ${median}`);
  });

  it('is under 500 lines in tests, benches and examples', () => {
    const others = [...sourceFiles('test', 'bench', 'examples', 'tools').values()];
    assert.deepEqual(
      others.filter(({ text }) => lines(text) > 500).map((file) => `${file.path}: ${lines(file.text)}`),
      [],
    );
  });
});
