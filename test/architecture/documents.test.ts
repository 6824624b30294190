import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { root } from '../support/architecture/repository.js';

const documents = readdirSync(root, { recursive: true, withFileTypes: true })
  .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)))
  .filter((file) => file.endsWith('.md') && !/^(node_modules|dist|data|coverage|\.git)\//.test(file));
const read = (file: string): string => readFileSync(path.join(root, file), 'utf8');
const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };

/** Anchors as the repository host makes them of headings. */
const anchors = (text: string): string[] =>
  [...text.matchAll(/^#+ (.+)$/gm)].map((match) =>
    (match[1] ?? '')
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );

function brokenLinks(file: string): string[] {
  const text = read(file).replace(/^```[^]*?^```$/gm, '');
  const targets = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map((match) => match[1] ?? '');
  return targets
    .filter((target) => !/^(https?:|mailto:)/.test(target))
    .filter((target) => {
      const [place = '', anchor] = target.split('#');
      const linked = place ? path.join(path.dirname(file), place) : file;
      if (!existsSync(path.join(root, linked))) return true;
      return anchor !== undefined && !anchors(read(linked)).includes(anchor);
    })
    .map((target) => `${file}: ${target}`);
}

describe('the documents', () => {
  it('are found', () => assert.ok(documents.includes('README.md') && documents.length > 10));

  it('link to what there is', () => assert.deepEqual(documents.flatMap(brokenLinks), []));

  it('name tests and sources that there are', () => {
    const named = documents
      .filter((file) => file !== 'CONTRIBUTING.md')
      .flatMap((file) =>
        [...read(file).matchAll(/`((?:src|test|examples|tools|migrations)\/[\w./-]+)`/g)].map((match) => ({
          file,
          place: match[1] ?? '',
        })),
      );
    assert.ok(named.length > 10);
    const absent = named.filter(({ place }) => !existsSync(path.join(root, place)));
    assert.deepEqual(absent, []);
  });

  it('name commands that package.json has', () => {
    const builtIn = ['ci', 'cit', 'start', 'test', 'install', 'run'];
    const named = documents.flatMap((file) =>
      [...read(file).matchAll(/npm (?:run )?(?:--silent )?([a-z][\w:-]*)/g)].map((match) => match[1] ?? ''),
    );
    const unknown = [...new Set(named)].filter((name) => !builtIn.includes(name) && !(name in scripts));
    assert.deepEqual(unknown, []);
  });
});
