import assert from 'node:assert/strict';
import { readLegacyFile } from '../../../src/admin/legacy-file.js';
import { sha256 } from '../../../src/lib/hashing.js';

const key = 'sk-live-0123456789abcdef';
const digest = sha256(key).toString('hex');
const byFile = { keys: false, accounts: false };
const byInput = { keys: true, accounts: false };

describe('the file of credentials to be imported', () => {
  it('has its columns in any order, and empty cells where nothing is known', () => {
    const text = `account, label ,digest,prefix\r\nacc_1,laptop,${digest.toUpperCase()},sk-live\n\nacc_2,,${digest},\n`;
    assert.deepEqual(readLegacyFile(text, byFile), {
      ok: true,
      value: [
        { digest, account: 'acc_1', prefix: 'sk-live', label: 'laptop' },
        { digest, account: 'acc_2' },
      ],
    });
    const ofOne = readLegacyFile(`digest\n${digest}`, { keys: false, accounts: true });
    assert.deepEqual(ofOne, { ok: true, value: [{ digest }] });
  });

  it('leaves of a key its digest, and nothing that could be used', () => {
    const read = readLegacyFile(`key,account\n${key},acc_1`, byInput);
    assert.deepEqual(read, { ok: true, value: [{ digest, account: 'acc_1' }] });
  });

  const wrong: readonly (readonly [string, string, Parameters<typeof readLegacyFile>[1], RegExp])[] = [
    ['keys in a file', `key,account\n${key},a`, byFile, /line 1: .*standard input/],
    ['no names of columns', `${digest},acc_1`, byFile, /line 1: must name the columns/],
    ['a column twice', 'digest,digest,account', byFile, /line 1: must name the columns/],
    ['digests and keys', 'digest,key,account', byInput, /line 1: must have a column digest, or key/],
    ['no account', `digest\n${digest}`, byFile, /line 1: must have a column account/],
    ['accounts twice', 'digest,account', { keys: false, accounts: true }, /--account is one too many/],
    ['a cell too many', `digest,account\n${digest},acc_1,x`, byFile, /line 2: must have 2 cells/],
    ['an empty account', `digest,account\n${digest},`, byFile, /line 2: names no account/],
    ['a digest that is none', `digest,account\n${key},a`, byFile, /line 2: must be the hex digest/],
    ['a key that can be guessed', 'key,account\nsk-0123456789,a', byInput, /line 2: must be a key of 20/],
    ['a token of ours', `key,account\nhldf_at_${key},a`, byInput, /line 2: must be a key of 20/],
    ['a key of blanks', `key,account\n${key} ${key},a`, byInput, /line 2: must be a key of 20/],
    ['a prefix that is too much', `digest,account,prefix\n${digest},a,${key}`, byFile, /line 2: prefix may/],
    ['nothing', 'digest,account\n\n', byFile, /no credential in it/],
  ];
  for (const [name, text, options, expected] of wrong) {
    it(`is refused with ${name}, by its line, without what stands there`, () => {
      const read = readLegacyFile(text, options);
      assert.ok(!read.ok);
      assert.match(read.refusal.detail ?? '', expected);
      assert.equal((read.refusal.detail ?? '').includes(key), false);
    });
  }
});
