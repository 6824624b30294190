import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { RefusalCode } from '../../lib/refusal.js';
import { sendAnswer } from '../node-exchange.js';
import type { GatewayLog } from './gateway-log.js';
import { answerFields } from './header-fields.js';
import { KeyScrubber, scrubbedError } from './key-scrubber.js';
import { plainRefusal } from './plain-refusal.js';
import type { ProviderAnswer, Sent, Upstream } from './upstream.js';
import type { UsageMeter } from './usage-meter.js';

export type Outcome = 'completed' | 'failed' | 'aborted';

export interface Relay {
  readonly upstream: Upstream;
  readonly sent: Sent;
  readonly response: ServerResponse;
  readonly log: GatewayLog;
  /** Undefined: nobody counts. */
  readonly meterOf?: (events: boolean) => UsageMeter;
}

const longestError = 65_536;

/** Passes a request on, and its answer back as it comes. Says what became of it, and never rejects. */
export async function relay(passed: Relay): Promise<Outcome> {
  const { upstream, sent, response } = passed;
  try {
    return await passBack(passed, await upstream.ask(sent));
  } catch (error) {
    if (sent.signal.aborted) return 'aborted';
    return giveUp(passed, 'model_provider_unavailable', { err: error });
  } finally {
    // Nothing is left open, whatever went wrong.
    if (!response.writableEnded) response.destroy();
  }
}

async function passBack(passed: Relay, { answer, key }: ProviderAnswer): Promise<Outcome> {
  const { statusCode: status, headers, body } = answer;
  // It speaks of the gateway's key and not of the client's token: to the client it is our fault.
  if (status === 401 || status === 403) {
    await body.dump();
    return giveUp(passed, 'model_provider_refused', { upstream_status: status });
  }
  // A redirect is not followed, and what is compressed can't be read: both say that this is another place than we were told.
  if (status < 200 || (status >= 300 && status < 400) || headers['content-encoding'] !== undefined) {
    await body.dump();
    return giveUp(passed, 'model_provider_unavailable', { upstream_status: status });
  }
  if (status >= 400) return passError(passed, { answer, key });
  return passAnswer(passed, { answer, key });
}

async function passError({ response, log }: Relay, { answer, key }: ProviderAnswer): Promise<Outcome> {
  const { statusCode: status, body } = answer;
  const kept: Buffer[] = [];
  let length = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > longestError) break;
    kept.push(chunk);
  }
  const text = scrubbedError(Buffer.concat(kept).toString('utf8'), key);
  log.info({ ...requestOf(response), upstream_status: status }, 'the provider refused a call');
  response.writeHead(status, { ...answerFields(answer, key, false), 'cache-control': 'no-store' });
  response.end(text);
  return 'failed';
}

async function passAnswer(
  { response, sent, meterOf }: Relay,
  { answer, key }: ProviderAnswer,
): Promise<Outcome> {
  const { statusCode, headers, body } = answer;
  const events = /^text\/event-stream\b/i.test(String(headers['content-type']));
  const meter = meterOf?.(events);
  const scrubber = key === undefined ? undefined : new KeyScrubber(key);
  response.writeHead(statusCode, { ...answerFields(answer, key, !events), 'cache-control': 'no-store' });
  if (events) response.flushHeaders();
  /** Whether the client takes more at once. */
  const write = (pieces: readonly Buffer[]): boolean =>
    pieces.map((piece) => response.write(scrubber?.push(piece) ?? piece)).every(Boolean);
  for await (const chunk of body as AsyncIterable<Buffer>) {
    // The provider is asked for no more than the client takes.
    if (!write(meter?.push(chunk) ?? [chunk])) await once(response, 'drain', { signal: sent.signal });
  }
  write(meter?.end() ?? []);
  if (sent.signal.aborted) return 'aborted';
  response.end(scrubber?.end());
  return 'completed';
}

function giveUp({ response, log }: Relay, code: RefusalCode, facts: object): Outcome {
  log.warn({ ...requestOf(response), refusal: code, ...facts }, 'the provider did not answer');
  if (response.headersSent) response.destroy();
  else sendAnswer(response, plainRefusal(code));
  return 'failed';
}

function requestOf(response: ServerResponse): object {
  return { request_id: response.getHeader('x-request-id') };
}
