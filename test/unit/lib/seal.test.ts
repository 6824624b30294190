import { strict as assert } from 'node:assert';
import { deriveKey, sameBytes } from '../../../src/lib/hashing.js';
import { open, seal } from '../../../src/lib/seal.js';

const key = deriveKey(Buffer.alloc(32, 7), 'a test');

describe('sealing', () => {
  it('gives the text back to the same key', async () => {
    assert.equal(await open(key, await seal(key, 'the secret')), 'the secret');
  });

  it('shows nothing of the text and never the same bytes twice', async () => {
    const [one, two] = [await seal(key, 'the secret'), await seal(key, 'the secret')];
    assert.notEqual(one, two);
    assert.ok(!one.includes('the secret') && !one.includes(Buffer.from('the secret').toString('base64url')));
  });

  it('refuses another key and a changed text', async () => {
    const sealed = await seal(key, 'the secret');
    await assert.rejects(open(deriveKey(Buffer.alloc(32, 7), 'another purpose'), sealed));
    const [head, ...tail] = sealed.split('.');
    const last = tail.pop() ?? '';
    await assert.rejects(
      open(key, [head, ...tail, last.startsWith('A') ? `B${last.slice(1)}` : `A${last.slice(1)}`].join('.')),
    );
  });
});

describe('comparing secrets', () => {
  it('tells equal from unequal, whatever the lengths', () => {
    assert.equal(sameBytes(Buffer.from('abc'), Buffer.from('abc')), true);
    assert.equal(sameBytes(Buffer.from('abc'), Buffer.from('abd')), false);
    assert.equal(sameBytes(Buffer.from('abc'), Buffer.from('abcd')), false);
  });
});
