/** `*` stands for any text, `?` for one character; everything else for itself. */
export type Glob = readonly string[];

/** Runs of `*` mean what one of them means. */
export function parseGlob(text: string): Glob {
  return Array.from(text.replace(/\*+/g, '*'));
}

export function matchesGlob(glob: Glob, text: string): boolean {
  return fits(glob, Array.from(text), (wanted, found) => wanted === '?' || wanted === found);
}

/** Whether the one matches whatever the other matches. Where it says no, there may be none left all the same. */
export function coversGlob(glob: Glob, other: Glob): boolean {
  return fits(glob, other, (wanted, found) => (wanted === '?' ? found !== '*' : wanted === found));
}

/**
 * Goes back to the last `*` only: what an earlier one swallows makes no difference. So the work is bounded by the
 * product of the lengths, and no text makes it explode as a regular expression would.
 */
function fits(glob: Glob, text: readonly string[], one: (wanted: string, found: string) => boolean): boolean {
  let at = 0;
  let star = -1;
  let swallowed = 0;
  for (let position = 0; position < text.length;) {
    const wanted = glob[at];
    if (wanted === '*') {
      star = at++;
      swallowed = position;
    } else if (wanted !== undefined && one(wanted, text[position] ?? '')) {
      at++;
      position++;
    } else if (star >= 0) {
      at = star + 1;
      position = ++swallowed;
    } else return false;
  }
  while (glob[at] === '*') at++;
  return at === glob.length;
}
