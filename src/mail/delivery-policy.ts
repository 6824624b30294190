import { codeOf } from '../lib/error-code.js';
import type { Letter } from './letter.js';

const second = 1000;
const day = 86_400 * second;
const longestDelay = 3600 * second;

/** Milliseconds in which the node that wrote a letter alone delivers it. */
export const headStart = 2 * second;
/** Milliseconds after which one delivery is broken off. */
export const deliveryPatience = 60 * second;
/** Milliseconds for which a node has a letter alone; longer than any delivery, so that none overlaps the next. */
export const claimLife = 2 * deliveryPatience;

/** Milliseconds until the next attempt: 10 s, then three times as long each time, an hour at most. */
export function retryDelay(attempts: number): number {
  return Math.min(longestDelay, 10 * second * 3 ** (Math.max(1, attempts) - 1));
}

/** Milliseconds for which a letter is worth delivering: a day, or as long as its code is good. */
export function usefulFor({ values }: Letter): number {
  return 'minutes' in values ? Math.min(day, values.minutes * 60 * second) : day;
}

/** Whether trying again is useless: the server refused the recipient or the text for good (RFC 5321 §4.2.1). */
export function isFinal(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { responseCode, command } = error as { responseCode?: unknown; command?: unknown };
  const answered = typeof responseCode === 'number' && responseCode >= 500;
  return answered && (command === 'RCPT TO' || command === 'DATA');
}

/** Name and code of a failure; what a server answered may repeat the address, so it stays out of the log. */
export function failureOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  const { responseCode } = error as { responseCode?: unknown };
  const answer = typeof responseCode === 'number' ? ` ${responseCode}` : '';
  return `${codeOf(error) ?? error.name}${answer}`;
}
