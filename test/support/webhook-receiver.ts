import { randomBytes } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import type { WebhookConfig } from '../../src/config/webhooks.js';
import { listen, type Listener } from './listener.js';
import { deferred } from './parallel.js';

export interface ReceivedRevocation {
  /** `webhook-id` */
  readonly id: string;
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** An operator's endpoint, which takes what Standard Webhooks' own library takes. */
export class WebhookReceiver {
  readonly secret = `whsec_${randomBytes(32).toString('base64')}`;
  /** What was signed rightly, repetitions included. */
  readonly received: ReceivedRevocation[] = [];
  /** What was not. */
  forged = 0;
  /** What it answers next, one after the other; then 204. */
  readonly statuses: number[] = [];
  #listener!: Listener;
  #arrival = deferred<void>();

  static async start(): Promise<WebhookReceiver> {
    const receiver = new WebhookReceiver();
    receiver.#listener = await listen((request, response) => {
      const body = receiver.#listener.bodies.at(-1) ?? '';
      response.statusCode = receiver.statuses.shift() ?? 204;
      if (response.statusCode === 204) receiver.#take(request.headers, body);
      response.end();
      receiver.#arrival.resolve();
      receiver.#arrival = deferred();
    });
    return receiver;
  }

  get url(): string {
    return this.#listener.url;
  }

  get connections(): number {
    return this.#listener.connections;
  }

  /** Of the configuration, as the server sees it. */
  config(id: string, more: Partial<WebhookConfig> = {}): WebhookConfig {
    const kinds = ['token', 'grant', 'session', 'device', 'key', 'client', 'account', 'all'] as const;
    return { id, url: this.url, secret: this.secret, kinds: [...kinds], ...more };
  }

  async until(enough: () => boolean): Promise<void> {
    while (!enough()) await this.#arrival.promise;
  }

  close(): Promise<void> {
    return this.#listener.close();
  }

  #take(headers: Record<string, unknown>, body: string): void {
    try {
      const signed = new Webhook(this.secret).verify(body, headers as Record<string, string>);
      this.received.push({
        id: String(headers['webhook-id']),
        ...(signed as Omit<ReceivedRevocation, 'id'>),
      });
    } catch {
      this.forged += 1;
    }
  }
}
