import assert from 'node:assert/strict';
import { readEvents } from '../../../src/gateway/event-stream.js';

async function* pieces(...texts: string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield Buffer.from(text);
}
async function all(bytes: AsyncIterable<Uint8Array>): Promise<object[]> {
  const events = [];
  for await (const event of readEvents(bytes)) events.push(event);
  return events;
}
const read = async (...texts: string[]) => all(pieces(...texts));

describe('an event stream', () => {
  it('is read however it is cut into pieces, and with any end of line', async () => {
    const whole =
      'event: hello\ndata: {"a":"é"}\n\n: comment\nid: f.1\r\nevent: revoked\r\ndata: x\r\ndata: y\r\n\r\n';
    const expected = [
      { name: 'hello', data: '{"a":"é"}', id: undefined },
      { name: 'revoked', data: 'x\ny', id: 'f.1' },
    ];
    assert.deepEqual(await read(whole), expected);
    const bytes = Buffer.from(whole);
    for (const size of [1, 2, 7]) {
      const cut = async function* (): AsyncGenerator<Uint8Array> {
        for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
      };
      assert.deepEqual(await all(cut()), expected, String(size));
    }
  });

  it('gives an id to its own event alone, and nothing for one that was cut off', async () => {
    assert.deepEqual(await read('id: 1\nevent: a\n\nevent: b\n\nevent: c\ndata: never'), [
      { name: 'a', data: '', id: '1' },
      { name: 'b', data: '', id: undefined },
    ]);
  });

  it('with a line that has no end is given up', async () => {
    await assert.rejects(read(`data: ${'x'.repeat(70_000)}`), /too long/);
  });
});
