import type { ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { request } from 'undici';
import { accepted } from '../../src/gateway/index.js';
import { safeAddress } from '../../src/gateway/safe-address.js';
import type { Logger } from '../../src/observability/logger.js';
import { sendError } from './answers.js';
import type { Backend, Spent } from './backend.js';
import { readChatRequest, tokenLimitOf } from './chat-request.js';
import type { CallMeter } from './meter.js';

export interface Upstream {
  /** Base URL of an OpenAI-compatible API, with its version: `https://api.openai.com/v1`. */
  readonly baseUrl: string;
  readonly key?: string;
  /** In micro-dollars for each token; what no model there exceeds. */
  readonly price: { readonly input: number; readonly output: number };
}

interface UpstreamOptions extends Upstream {
  readonly logger: Logger;
  readonly meter: CallMeter;
}

interface Passed {
  readonly response: ServerResponse;
  readonly signal: AbortSignal;
  readonly body?: string;
}

const headersTimeout = 60_000;
const bodyTimeout = 300_000;

/** Passes calls on. The caller's token and proof stay here; the upstream sees its own key and nothing else. */
export function upstreamBackend({ baseUrl, key, price, logger, meter }: UpstreamOptions): Backend {
  const base = (key === undefined ? new URL(baseUrl) : safeAddress(baseUrl)).href.replace(/\/$/, '');
  const authorization = key === undefined ? {} : { authorization: `Bearer ${key}` };

  const pass = async (path: string, { response, signal, body }: Passed): Promise<Spent['outcome']> => {
    const headers = { ...authorization, ...(body !== undefined && { 'content-type': 'application/json' }) };
    const sent = body === undefined ? { method: 'GET' as const } : { method: 'POST' as const, body };
    const limits = { headersTimeout, bodyTimeout, signal };
    try {
      const answer = await request(base + path, { ...sent, ...limits, headers });
      const type = String(answer.headers['content-type'] ?? 'application/json');
      response.writeHead(answer.statusCode, { 'content-type': type, 'cache-control': 'no-store' });
      await pipeline(answer.body, response);
      return answer.statusCode < 400 ? 'completed' : 'failed';
    } catch (error) {
      if (signal.aborted) return 'aborted';
      logger.warn({ err: error, path }, 'the upstream did not answer');
      if (response.headersSent) response.destroy();
      else
        sendError(response, {
          status: 502,
          code: 'upstream_unavailable',
          message: 'The model does not answer.',
        });
      return 'failed';
    }
  };

  return {
    models: async (response, signal) => {
      await pass('/models', { response, signal });
    },
    read(body) {
      const read = readChatRequest(body);
      if (!read.ok) return read;
      const chat = read.value;
      const tokenLimit = tokenLimitOf(chat);
      const limited = typeof (chat.max_tokens ?? chat.max_completion_tokens) === 'number';
      // Written anew: the upstream must read what was judged, not the other of two members `model`; and what was counted
      // must hold there, too, so a request without a limit gets ours.
      const sent = JSON.stringify(limited ? chat : { ...chat, max_tokens: tokenLimit });
      return accepted({
        model: chat.model,
        // No tokenizer finds more tokens than bytes.
        maxCost: Buffer.byteLength(sent) * price.input + tokenLimit * price.output,
        answer: async (response, signal) => {
          meter.count(0);
          return { outcome: await pass('/chat/completions', { response, signal, body: sent }) };
        },
      });
    },
  };
}
