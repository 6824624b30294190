import { harmless } from './harmless.js';

/*
 * JSON that everyone reads alike. RFC 8259 §4: of members with one name some readers take the first and some the last;
 * what a person approves must not depend on who reads it.
 */
const token = /"(?:[^"\\]|\\.)*"|[{}[\],:]/gsu;

/** Why the text is not JSON, or not JSON of one meaning, or nests deeper; undefined: it is fine. */
export function ambiguityOf(text: string, deepest: number): string | undefined {
  try {
    JSON.parse(text);
  } catch {
    return 'is not JSON';
  }
  // The text is JSON from here on, so strings, brackets and commas are all there is to look at.
  const open: (Set<string> | undefined)[] = [];
  let awaitsName = false;
  for (const [part] of text.matchAll(token)) {
    if (part === '{' || part === '[') {
      open.push(part === '{' ? new Set() : undefined);
      if (open.length > deepest) return `nests deeper than ${deepest}`;
      awaitsName = part === '{';
    } else if (part === '}' || part === ']') open.pop();
    else if (part === ',') awaitsName = open.at(-1) !== undefined;
    else if (part === ':') awaitsName = false;
    else if (awaitsName) {
      const name = JSON.parse(part) as string;
      if (open.at(-1)?.has(name)) return `names '${harmless(name)}' twice`;
      open.at(-1)?.add(name);
    }
  }
  return undefined;
}
