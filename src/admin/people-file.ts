import type { ImportLine } from '../accounts/account-import-policy.js';
import { isRecord } from '../lib/json.js';
import { readDelimited } from './delimited-text.js';

export const peopleFormats = ['csv', 'jsonl'] as const;
export type PeopleFormat = (typeof peopleFormats)[number];

export function formatOf(file: string): PeopleFormat {
  return /\.(jsonl|ndjson|json)$/i.test(file) ? 'jsonl' : 'csv';
}

/** The people of a file, one by one, whatever its size. What can't be read comes as a line without columns. */
export async function* readPeople(
  chunks: AsyncIterable<string>,
  format: PeopleFormat,
): AsyncGenerator<ImportLine> {
  yield* format === 'csv' ? fromTable(chunks) : fromObjects(chunks);
}

/** RFC 4180, with a first line that names the columns. */
async function* fromTable(chunks: AsyncIterable<string>): AsyncGenerator<ImportLine> {
  let names: readonly string[] | undefined;
  for await (const { line, fields } of readDelimited(chunks)) {
    if (!names) {
      names = fields.map((field) => field.trim().toLowerCase());
      continue;
    }
    const known = names;
    const columns = Object.fromEntries(
      fields.map((field, index) => [known[index] ?? `column ${index + 1}`, field]),
    );
    yield { line, columns };
  }
}

async function* fromObjects(chunks: AsyncIterable<string>): AsyncGenerator<ImportLine> {
  let line = 0;
  for await (const text of linesOf(chunks)) {
    line += 1;
    if (text.trim() === '') continue;
    yield { line, columns: objectOf(text) };
  }
}

function objectOf(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text.replace(/^\uFEFF/, ''));
    return isRecord(value) ? value : {};
  } catch {
    return {};
  }
}

async function* linesOf(chunks: AsyncIterable<string>): AsyncGenerator<string> {
  let rest = '';
  for await (const chunk of chunks) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
  if (rest !== '') yield rest;
}

/** As many at a time as are written together. */
export async function* inBatches<Item>(items: AsyncIterable<Item>, size: number): AsyncGenerator<Item[]> {
  let batch: Item[] = [];
  for await (const item of items) {
    batch.push(item);
    if (batch.length < size) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}
