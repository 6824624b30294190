import type { Config } from '../config/schema.js';
import { randomBase62 } from '../lib/base62.js';
import type { Random } from '../lib/random.js';
import { testMessage } from '../resource/webhook-message.js';
import { postToWebhook, type WebhookPostPorts } from '../resource/webhook-post.js';
import { done, failed, type Outcome } from './outcome.js';

interface WebhookTestPorts extends WebhookPostPorts {
  readonly config: Pick<Config, 'webhooks'>;
  readonly random: Random;
}

/** Posts one message of type `test` now, signed as the others, and says what came of it. */
export async function sendTestWebhook(ports: WebhookTestPorts, id: string): Promise<Outcome> {
  const { config, clock, random } = ports;
  const webhook = config.webhooks.find((each) => each.id === id);
  if (!webhook) {
    const known = config.webhooks.map((each) => each.id).join(', ');
    return failed(
      'usage',
      `No webhook is named ${id}. The configuration has: ${known === '' ? 'none' : known}.`,
    );
  }
  const message = testMessage(randomBase62(random, 22), new Date(clock.now()));
  const failure = await postToWebhook(ports, webhook, message);
  const to = new URL(webhook.url).host;
  return failure === undefined
    ? done({ webhook: id, message: message.id }, `${to} took it.`)
    : failed('webhook_refused', `${to} did not take it: ${failure} (docs/runbooks/webhooks.md).`);
}
