/** One record of a file of comma-separated values, and the line that it begins in. */
export interface DelimitedRecord {
  readonly line: number;
  readonly fields: readonly string[];
}

/** Characters: a quote that is never closed would otherwise keep the whole file in memory. */
const longestRecord = 65_536;

/** RFC 4180, chunk by chunk: quoted fields may hold commas, line breaks and doubled quotes. Empty lines are left out. */
export async function* readDelimited(chunks: AsyncIterable<string>): AsyncGenerator<DelimitedRecord> {
  const reader = new DelimitedReader();
  for await (const chunk of chunks) {
    for (const character of chunk) {
      const record = reader.take(character);
      if (record) yield record;
    }
  }
  const last = reader.take('\n');
  if (last) yield last;
}

class DelimitedReader {
  #line = 1;
  #begins = 1;
  #fields: string[] = [];
  #field = '';
  #length = 0;
  #quoted = false;
  /** A quote was met within quotes: the end of the field, or half of a quote that belongs to it. */
  #closing = false;

  take(character: string): DelimitedRecord | undefined {
    if (character === '\uFEFF' && this.#length === 0) return undefined;
    this.#length += 1;
    if (character === '\n') this.#line += 1;
    if (this.#quoted && this.#length < longestRecord) return this.#takeQuoted(character);
    if (character === '"' && (this.#field === '' || this.#closing)) {
      // A doubled quote is one of the text.
      if (this.#closing) this.#field += character;
      this.#quoted = true;
      this.#closing = false;
    } else if (character === ',') this.#endField();
    else if (character === '\n') return this.#endRecord();
    else if (character !== '\r') this.#field += character;
    return undefined;
  }

  #takeQuoted(character: string): undefined {
    if (character === '"') [this.#quoted, this.#closing] = [false, true];
    else this.#field += character;
    return undefined;
  }

  #endField(): void {
    this.#fields.push(this.#field);
    [this.#field, this.#closing] = ['', false];
  }

  #endRecord(): DelimitedRecord | undefined {
    this.#endField();
    const record = { line: this.#begins, fields: this.#fields };
    const empty = record.fields.every((field) => field === '');
    [this.#fields, this.#begins, this.#length, this.#quoted] = [[], this.#line, 0, false];
    return empty ? undefined : record;
  }
}
