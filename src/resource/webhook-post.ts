import type { WebhookConfig } from '../config/webhooks.js';
import { epochSeconds, type Clock } from '../lib/clock.js';
import { codeOf } from '../lib/error-code.js';
import { signedHeaders, type WebhookMessage } from './webhook-message.js';

export interface WebhookPostPorts {
  /** Connects to no private address and follows no redirect (threat 29). */
  readonly fetch: typeof globalThis.fetch;
  readonly clock: Clock;
}

/** Milliseconds after which one delivery is broken off. */
export const webhookPatience = 10_000;

/** Posts one message, signed. Undefined when it was taken, else what was wrong. */
export async function postToWebhook(
  { fetch, clock }: WebhookPostPorts,
  { url, secret }: Pick<WebhookConfig, 'url' | 'secret'>,
  message: WebhookMessage,
): Promise<string | undefined> {
  try {
    const headers = signedHeaders(secret, message, epochSeconds(clock));
    const signal = AbortSignal.timeout(webhookPatience);
    const response = await fetch(url, { method: 'POST', headers, body: message.body, signal });
    await response.body?.cancel();
    return response.ok ? undefined : `it answered ${response.status}`;
  } catch (error) {
    return failureOf(error);
  }
}

function failureOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  const { cause } = error;
  return codeOf(error) ?? (cause instanceof Error ? (codeOf(cause) ?? cause.name) : error.name);
}
