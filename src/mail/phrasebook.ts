import type { Letter } from './letter.js';

/** What one letter says, in the person's language. */
export interface Wording {
  readonly subject: string;
  /** In plain text. The code stands after the first, the link after the last. */
  readonly paragraphs: readonly string[];
  /** When and where it happened, a line each; at the end. */
  readonly facts: string;
  readonly link?: { readonly label: string; readonly path: string };
}

/** The words of all letters. They live with the words of the pages; the composition root hands them in. */
export interface Phrasebook {
  /** For `letter`, whose values have nothing in them that would break out of a sentence. */
  wording(letter: Letter, writtenAt: Date): Wording;
}
