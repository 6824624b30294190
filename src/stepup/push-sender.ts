import webPush from 'web-push';
import type { Clock } from '../lib/clock.js';
import type { PushMessage } from './push-message.js';
import type { PushTarget } from './push-subscription.js';
import type { VapidKeys } from './vapid-keys.js';

/**
 * `gone`: the browser takes no more; forget it. `refused`: this message will never go. `later`: try again.
 */
export type PushOutcome = 'delivered' | 'gone' | 'refused' | 'later';

export interface PushSenderPorts {
  /** The fetch that reaches no private address: the endpoint is what a browser, or a liar, told us (threat 29). */
  readonly fetch: typeof globalThis.fetch;
  readonly keys: () => Promise<VapidKeys>;
  /** How a push service reaches whoever runs this (RFC 8292 §2.1): `mailto:` or `https:`. */
  readonly contact: string;
  readonly clock: Clock;
}

const patience = 10_000;

/** Hands one message to the push service of one browser, encrypted for that browser alone (RFC 8291). */
export class PushSender {
  readonly #ports: PushSenderPorts;

  constructor(ports: PushSenderPorts) {
    this.#ports = ports;
  }

  /** @param until the push service throws it away then. Throws nothing but what reading our own keys throws. */
  async send(target: PushTarget, message: PushMessage, until: Date): Promise<PushOutcome> {
    const { fetch, keys, contact, clock } = this.#ports;
    const seconds = Math.floor((until.getTime() - clock.now()) / 1000);
    if (seconds <= 0) return 'refused';
    const vapidDetails = { subject: contact, ...(await keys()) };
    const request = this.#request(target, message, { vapidDetails, TTL: seconds, urgency: 'high' });
    if (!request) return 'gone';
    const { endpoint, headers, body } = request;
    try {
      const answer = await fetch(endpoint, {
        method: 'POST',
        headers: Object.entries(headers).map(([name, value]) => [name, String(value)]),
        body: new Uint8Array(body ?? []),
        signal: AbortSignal.timeout(patience),
      });
      await answer.body?.cancel();
      return outcomeOf(answer.status);
    } catch {
      // No connection, a redirect, or an address that we don't call. What it was would tell where her browser is.
      return 'later';
    }
  }

  /** Undefined for keys that nothing can be encrypted for. */
  #request(target: PushTarget, message: PushMessage, options: webPush.RequestOptions) {
    try {
      return webPush.generateRequestDetails(target, JSON.stringify(message), options);
    } catch {
      return undefined;
    }
  }
}

/** RFC 8030 §7.3: 404 when the subscription is gone; browsers' services say 410 as well. */
function outcomeOf(status: number): PushOutcome {
  if (status >= 200 && status < 300) return 'delivered';
  if (status === 404 || status === 410) return 'gone';
  return status === 429 || status >= 500 ? 'later' : 'refused';
}
