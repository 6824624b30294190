/** One text of a catalogue, by its path: `login.test.title`, `home.promises.0`. */
export interface Text {
  readonly path: string;
  readonly text: string;
}

/** Every text of a catalogue in one language; the values that a text shows stand in it as ⟦1⟧, ⟦2⟧ … */
export function textsOf(words: unknown, path = ''): Text[] {
  if (typeof words === 'string') return [{ path, text: words }];
  if (typeof words === 'function') return textsOf(said(words as (...values: unknown[]) => unknown), path);
  if (Array.isArray(words)) return words.flatMap((item, index) => textsOf(item, join(path, String(index))));
  if (typeof words === 'object' && words !== null)
    return Object.entries(words).flatMap(([name, part]) => textsOf(part, join(path, name)));
  throw new TypeError(`${path} is neither text nor a function that makes one`);
}

/** The names of a catalogue's texts: `login.test.title`. A list of texts is one name. */
export function pathsOf(words: object, path = ''): string[] {
  return Object.entries(words).flatMap(([name, part]: [string, unknown]) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? pathsOf(part, join(path, name))
      : [join(path, name)],
  );
}

/** The values that a text shows, in no order. */
export function valuesIn(text: string): string {
  return [...new Set(text.match(/⟦\d⟧/g))].sort().join(' ');
}

function said(words: (...values: unknown[]) => unknown): unknown {
  const answer = words(...Array.from({ length: Math.max(words.length, 4) }, (_, index) => value(index + 1)));
  return flat(answer);
}

/** Stands for a text, a number, a list or something that wraps a text, whatever the words take it for. */
function value(index: number): unknown {
  const text = `⟦${index}⟧`;
  const stand: object = new Proxy((inner?: unknown) => inner ?? text, {
    get: (_, name) => (name === Symbol.toPrimitive || name === 'toString' ? () => text : stand),
  });
  return stand;
}

/** Rich words as one text; a list of texts stays one. */
function flat(answer: unknown): unknown {
  if (typeof answer === 'string') return answer;
  if (typeof answer === 'function') return String(answer as unknown as { toString(): string });
  if (!Array.isArray(answer)) return answer;
  return answer.map((part) => String(flat(part))).join('');
}

function join(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`;
}
