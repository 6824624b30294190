/**
 * The name of an object's own member that is there twice, without regard to case; undefined where each is there once.
 * @param json an object that JSON.parse has taken: it keeps only the last of a name, and tells of no other
 */
export function repeatedName(json: string): string | undefined {
  const seen = new Set<string>();
  for (const written of ownNames(json)) {
    const name = fold(JSON.parse(written) as string);
    if (seen.has(name)) return name;
    seen.add(name);
  }
  return undefined;
}

function* ownNames(json: string): Generator<string> {
  let depth = 0;
  for (let at = 0; at < json.length; at += 1) {
    const character = json[at];
    if (character === '{' || character === '[') depth += 1;
    else if (character === '}' || character === ']') depth -= 1;
    else if (character === '"') {
      const end = endOfString(json, at);
      if (depth === 1 && isName(json, end)) yield json.slice(at, end + 1);
      at = end;
    }
  }
}

/** Where the string that begins at `start` ends. */
function endOfString(json: string, start: number): number {
  let end = start;
  do end = json.indexOf('"', end + 1);
  while (isEscaped(json, end));
  return end;
}

function isEscaped(json: string, quote: number): boolean {
  let slashes = 0;
  while (json[quote - 1 - slashes] === '\\') slashes += 1;
  return slashes % 2 === 1;
}

const beforeColon = /\s*:/y;

function isName(json: string, end: number): boolean {
  beforeColon.lastIndex = end + 1;
  return beforeColon.test(json);
}

/** As parsers that disregard case do it: K (U+212A) is a k to them, ſ (U+017F) an s. */
function fold(name: string): string {
  return name.toUpperCase().toLowerCase();
}
