/** Controls, formats, surrogates, unassigned, separators of lines, and what is drawn as nothing. */
const unseen = /[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u;

const longest = 256;

/**
 * One spelling for all of a model's: whoever serves it may be lax about case, blanks around it, composed accents and
 * wide letters, so none of them may lead to another tier. Undefined: no name that we would look up.
 */
export function foldModel(name: string): string | undefined {
  if (name.length > longest || unseen.test(name)) return undefined;
  // Upper case first: it joins ſ with s and ς with σ, which lower case alone keeps apart.
  const folded = name.normalize('NFKC').trim().toUpperCase().toLowerCase().normalize('NFKC');
  return folded === '' || folded.length > longest ? undefined : folded;
}
