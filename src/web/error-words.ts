import type { RefusalCode } from '../lib/refusal.js';
import type { Words } from './words/words.js';

/** What an error page says to a person who did nothing wrong and knows no codes. */
export type ErrorWords = Words['errors']['otherwise'];

/** The page of its own; else what a script would say, as a heading; else that the app made a mistake. */
export function errorWords(words: Words, code: RefusalCode): ErrorWords {
  const { errors, errorPage } = words;
  const own: Partial<Record<RefusalCode | 'otherwise', ErrorWords>> = errors;
  const heading = refusalWords(words, code);
  return own[code] ?? (heading === undefined ? errors.otherwise : { heading, ...errorPage.person });
}

/** One sentence about a refusal that a person can meet; undefined for those that only developers meet. */
export function refusalWords({ refusals }: Words, code: RefusalCode): string | undefined {
  const known: Partial<Record<RefusalCode, string>> = refusals;
  return known[code];
}
