/** One event of a `text/event-stream` (WHATWG HTML §9.2). */
export interface StreamEvent {
  readonly name: string;
  readonly data: string;
  /** Of this very event. */
  readonly id: string | undefined;
}

const longestLine = 65_536;

/** Throws when a line has no end. */
export async function* readEvents(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<StreamEvent> {
  let name = '';
  let data: string[] = [];
  let id: string | undefined;
  for await (const line of readLines(bytes)) {
    if (line === '') {
      if (data.length > 0 || name !== '') yield { name: name || 'message', data: data.join('\n'), id };
      name = '';
      data = [];
      id = undefined;
      continue;
    }
    const [, field = '', value = ''] = /^([^:]*):? ?(.*)$/s.exec(line) ?? [];
    if (field === 'event') name = value;
    else if (field === 'data') data.push(value);
    else if (field === 'id' && !value.includes('\0')) id = value;
  }
}

async function* readLines(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of bytes) {
    rest += decoder.decode(chunk, { stream: true });
    // A carriage return at the very end may be the first half of a line's end.
    const lines = rest.split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop() ?? '';
    yield* lines;
    if (rest.length > longestLine) throw new Error('a line of the feed is too long');
  }
}
