import { WebAuthnError } from '@simplewebauthn/browser';
import type { Words } from '../words/words.js';

export type Json = Record<string, unknown>;

/** `words.passkeys.script`, which the page hands over in `data-words`. */
export type Said = Words['passkeys']['script'];

export function wordsOf(place: HTMLElement): Said {
  return JSON.parse(place.dataset['words'] ?? '{}') as Said;
}

/** The server said no, and why in words for the person. */
export class Refused extends Error {
  readonly status: number;
  /** The wire's `error`. */
  readonly error: string;

  constructor(message: string, status: number, error: string) {
    super(message);
    this.status = status;
    this.error = error;
  }
}

export async function post(path: string, body: Json, said: Said): Promise<Json> {
  const answer = await fetch(path, {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      Accept: 'application/json',
      'Accept-Language': document.documentElement.lang,
    },
    body: JSON.stringify(body),
  });
  const json = (await answer.json()) as Json;
  if (answer.ok) return json;
  const { error, error_description: reason, request_id: id } = json;
  const sentence = typeof id === 'string' ? `${String(reason)} ${said.requestId} ${id}` : String(reason);
  throw new Refused(sentence, answer.status, String(error));
}

/** What to tell the person about a ceremony that came to nothing. */
export function sentenceFor(error: unknown, said: Said): string {
  if (error instanceof Refused) return error.message;
  return said[sentences[nameOf(error)] ?? 'failed'];
}

/** Another ceremony of this page took the place of this one; nobody needs to hear of it. */
export function wasReplaced(error: unknown): boolean {
  return nameOf(error) === 'AbortError';
}

function nameOf(error: unknown): string {
  const cause = error instanceof WebAuthnError ? error.cause : error;
  return cause instanceof Error ? cause.name : '';
}

const sentences: Record<string, keyof Said> = {
  NotAllowedError: 'notUsed',
  AbortError: 'notUsed',
  InvalidStateError: 'exists',
  SecurityError: 'wrongAddress',
  NotSupportedError: 'noneFits',
};
