import { LineCounter, isCollection, isMap, isScalar, parseDocument, type Document } from 'yaml';
import { isRecord } from '../lib/json.js';
import type { ConfigProblem } from './problem.js';

/** A configuration file: its values, and where in it each stands. */
export interface YamlSource {
  readonly values: Readonly<Record<string, unknown>>;
  readonly problems: readonly ConfigProblem[];
  /** `file:line` of a setting, or of its nearest parent that is in the file. */
  locate(path: readonly PropertyKey[]): string | undefined;
}

export function parseYaml(file: string, text: string): YamlSource {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const place = (offset: number) => `${file}:${lines.linePos(offset).line}`;
  const problems = document.errors.map(({ message, pos }): ConfigProblem => ({
    setting: '',
    source: place(pos[0]),
    message: `not YAML: ${message}`,
  }));
  const values: unknown = problems.length > 0 ? {} : (document.toJS() ?? {});
  if (!isRecord(values)) {
    return {
      values: {},
      problems: [{ setting: '', source: `${file}:1`, message: 'the file must hold settings, `name: value`' }],
      locate: () => undefined,
    };
  }
  return { values, problems, locate: (path) => findOffset(document, path, place) };
}

function findOffset(document: Document, path: readonly PropertyKey[], place: (offset: number) => string) {
  let found: string | undefined;
  let node: unknown = document.contents;
  for (const step of path) {
    if (!isCollection(node)) break;
    const pair = isMap(node)
      ? node.items.find(({ key }) => isScalar(key) && key.value === String(step))
      : undefined;
    const key = pair?.key;
    const value: unknown = pair ? pair.value : node.get(step, true);
    const at = isScalar(key) ? key.range?.[0] : rangeStart(value);
    if (at === undefined) break;
    found = place(at);
    node = value;
  }
  return found;
}

function rangeStart(node: unknown): number | undefined {
  return isCollection(node) || isScalar(node) ? node.range?.[0] : undefined;
}
