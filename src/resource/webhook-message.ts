import { createHmac } from 'node:crypto';
import type { LoggedRevocation, LogPosition } from './revocation-log-store.js';

/** What is posted, as Standard Webhooks lays it out. */
export interface WebhookMessage {
  /** The same at each try, so that a receiver knows a repetition. */
  readonly id: string;
  readonly body: string;
}

/** To the operator's own systems: plain ids, unlike in the feed of resource servers. */
export function revocationMessage(feed: string, revocation: LoggedRevocation): WebhookMessage {
  const { sequence, kind, id, accountId, clientId, at } = revocation;
  const about = { sequence, kind, id, account_id: accountId, client_id: clientId };
  return message(feed, sequence, `revocation.${kind}`, at, about);
}

/** The log no longer has what followed `after`: it was cleared, or is that of a restored backup. */
export function missedMessage(end: LogPosition, after: number, now: Date): WebhookMessage {
  return message(end.feed, end.sequence, 'revocation.missed', now, { after, until: end.sequence });
}

/** Tells nothing; for whoever sets a webhook up. */
export function testMessage(id: string, now: Date): WebhookMessage {
  return { id: `test_${id}`, body: JSON.stringify({ type: 'test', timestamp: now.toISOString(), data: {} }) };
}

function message(feed: string, sequence: number, type: string, at: Date, about: object): WebhookMessage {
  const body = JSON.stringify({ type, timestamp: at.toISOString(), data: about });
  return { id: `${type.replace('.', '_')}_${feed}_${sequence}`, body };
}

/** Standard Webhooks, "Signature scheme": HMAC-SHA-256 over id, seconds and body, by the bytes after `whsec_`. */
export function signedHeaders(
  secret: string,
  { id, body }: WebhookMessage,
  seconds: number,
): Record<string, string> {
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  const signature = createHmac('sha256', key).update(`${id}.${seconds}.${body}`).digest('base64');
  return {
    'content-type': 'application/json',
    'webhook-id': id,
    'webhook-timestamp': String(seconds),
    'webhook-signature': `v1,${signature}`,
  };
}
