import { setTimeout as wait } from 'node:timers/promises';
import { textOf, type ChatRequest } from './chat-request.js';

const millisecondsPerWord = 15;

/** Says again what the person said last: a model that needs no network and no accelerator. */
export function echoAnswer({ messages }: ChatRequest): string {
  const last = messages.findLast(({ role }) => role === 'user');
  return `You said: ${last ? textOf(last) : '(nothing)'}`;
}

/** The answer word by word, as a model would give it. Ends early when `signal` aborts. */
export async function* speak(answer: string, signal: AbortSignal): AsyncGenerator<string> {
  for (const word of answer.match(/\S+\s*|\s+/g) ?? []) {
    if (signal.aborted) return;
    yield word;
    await wait(millisecondsPerWord);
  }
}
