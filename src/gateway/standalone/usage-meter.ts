import { isRecord, parseJson } from '../../lib/json.js';
import type { MeterShape, UsageSaid } from './api-style.js';
import { EventSplitter } from './event-splitter.js';

/** Reads along with an answer, and says what it used. */
export interface UsageMeter {
  /** Takes a piece; what goes on to the client. */
  push(chunk: Buffer): readonly Buffer[];
  /** The last that goes on, when the answer has ended. */
  end(): readonly Buffer[];
  /** What was used by now; estimated as far as the provider has not said. */
  used(): Required<UsageSaid>;
}

/** Longer answers go on unread, and are estimated. */
const longestRead = 4 * 1_048_576;
const bytesPerToken = 4;

export function estimateTokens(bytes: number): number {
  return Math.ceil(bytes / bytesPerToken);
}

/** Of an answer that comes as a whole. */
export function wholeMeter(shape: MeterShape, sentBytes: number): UsageMeter {
  let kept: Buffer[] = [];
  let length = 0;
  let said: UsageSaid = {};
  return {
    push(chunk) {
      length += chunk.length;
      if (length <= longestRead) kept.push(chunk);
      else kept = [];
      return [chunk];
    },
    end() {
      // Gemini streams an array where nobody asked for events.
      for (const part of [parseJson(Buffer.concat(kept))].flat()) {
        if (isRecord(part)) said = { ...said, ...shape.usageOf(part) };
      }
      return [];
    },
    used: () => ({
      inputTokens: said.inputTokens ?? estimateTokens(sentBytes),
      outputTokens: said.outputTokens ?? (said.inputTokens === undefined ? estimateTokens(length) : 0),
    }),
  };
}

/** Of a stream of events. */
export function streamMeter(shape: MeterShape, sentBytes: number, hidesUsage: boolean): UsageMeter {
  const splitter = new EventSplitter();
  let said: UsageSaid = {};
  let textBytes = 0;

  /** Whether the event goes on. */
  const read = (bytes: Buffer): boolean => {
    const event = dataOf(bytes);
    if (event === undefined) return true;
    const usage = shape.usageOf(event);
    if (usage) said = { ...said, ...usage };
    textBytes += Buffer.byteLength(shape.textOf(event));
    return !(hidesUsage && shape.onlyUsage?.(event) === true);
  };
  return {
    push(chunk) {
      const kept: Buffer[] = [];
      for (const event of splitter.push(chunk)) if (!event.read || read(event.bytes)) kept.push(event.bytes);
      return hidesUsage ? kept : [chunk];
    },
    end() {
      const rest = splitter.end();
      return read(rest) && hidesUsage ? [rest] : [];
    },
    used: () => ({
      inputTokens: said.inputTokens ?? estimateTokens(sentBytes),
      // What a provider says at the beginning is not all that was written by the end.
      outputTokens: Math.max(
        said.outputTokens ?? 0,
        said.outputTokens === undefined ? estimateTokens(textBytes) : 0,
      ),
    }),
  };
}

function dataOf(event: Buffer): Readonly<Record<string, unknown>> | undefined {
  const text = event.toString('utf8');
  const [, ...fields] = `\n${text}`.split('\ndata:');
  // What follows the data in its part is the next field, or the end.
  const lines = fields.map((field) => field.split('\n', 1)[0]);
  if (lines.length === 0) return undefined;
  try {
    const value: unknown = JSON.parse(lines.join('\n'));
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
