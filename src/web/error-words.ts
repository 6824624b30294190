import type { RefusalCode } from '../lib/refusal.js';
import type { Words } from './words/words.js';

/** What an error page says to a person who did nothing wrong and knows no codes. */
export type ErrorWords = Words['errors']['otherwise'];

export function errorWords({ errors }: Words, code: RefusalCode): ErrorWords {
  const known: Partial<Record<RefusalCode | 'otherwise', ErrorWords>> = errors;
  return known[code] ?? errors.otherwise;
}
