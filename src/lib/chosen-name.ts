const usualLength = 60;
/** Blank to the eye though they count as letters or symbols: Hangul fillers, the empty Braille pattern. */
const blank = /[\u115f\u1160\u3164\uffa0\u2800]/gu;
/** Controls, direction and formatting marks, what nobody can see, and what means something else in every font. */
const unseen = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Cn}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;
/** Marks that tower over the line. */
const piledMarks = /(\p{M}{2})\p{M}+/gu;
const rightToLeft = /[\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/u;

/** Whether every character of `text` can be seen, and none turns the direction of what stands around it. */
function isVisible(text: string): boolean {
  return [unseen, blank, piledMarks].every((hidden) => text.search(hidden) < 0);
}

/** What could end the quotation marks that our pages put around a stranger's words; apostrophes can't. */
const quotation = /(?!['‘’])\p{Quotation_Mark}/u;

/** Whether our pages may quote it: nothing in it is unseen, and all of it stays within the quotation. */
export function isQuotable(text: string): boolean {
  return isVisible(text) && !quotation.test(text);
}

/**
 * A name that a stranger chose, as our pages may show it (threat 39): on one line of at most 60 characters (of `longest`,
 * where it is a sentence), nothing in
 * it that can't be seen, that turns the direction of our own words or that towers over the line. Empty when nothing
 * is left.
 */
export function chosenName(text: string, longest = usualLength): string {
  const plain = text
    .normalize('NFC')
    .replace(unseen, ' ')
    .replace(blank, ' ')
    .replace(piledMarks, '$1')
    .replace(/\s+/gu, ' ')
    .trim();
  const characters = Array.from(plain);
  const short = characters.length > longest ? `${characters.slice(0, longest).join('').trim()}…` : plain;
  // UAX #9 §2.4.2: within an isolate, a name read from right to left leaves the order of what is around it alone.
  return rightToLeft.test(short) ? `\u2068${short}\u2069` : short;
}
