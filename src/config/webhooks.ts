import { z } from 'zod';
import { isLoopbackHost, isTestHost } from '../lib/hosts.js';
import type { Finding } from './cross-checks.js';
import type { Environment } from './environment-source.js';
import type { Config } from './schema.js';

/** resource/revocation-log-store.ts has the kinds; a test compares the two. */
const kinds = ['token', 'grant', 'session', 'device', 'key', 'client', 'account', 'all'] as const;

export const webhookSchema = z
  .strictObject({
    id: z
      .string()
      .regex(/^[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?$/, 'must be of a-z, 0-9 and -, 32 characters at most')
      .describe('Name in logs and metrics; how far it has got hangs on it, so that the address may change.'),
    url: z.url().describe('Where revocations are posted, one by one; https.'),
    secret: z
      .string()
      .min(1)
      .optional()
      .describe('whsec_ and base64 of 24 to 64 random bytes (Standard Webhooks); never logged.'),
    secret_variable: z
      .string()
      .min(1)
      .optional()
      .describe('Name of the environment variable that holds the secret, in place of secret.'),
    kinds: z
      .array(z.enum(kinds))
      .min(1)
      .default([...kinds])
      .describe('Which revocations are posted.'),
  })
  .describe('An endpoint of the operator’s own that hears of revocations.');

type Parsed = z.output<typeof webhookSchema>;

export interface WebhookConfig extends Omit<Parsed, 'secret' | 'secret_variable'> {
  /** From the file, or from the variable that it names; empty when neither has one. */
  readonly secret: string;
}

/** Takes each secret from where the file says it is. */
export function completeWebhooks(webhooks: readonly Parsed[], env: Environment): WebhookConfig[] {
  return webhooks.map(({ secret, secret_variable: variable, ...webhook }) => ({
    ...webhook,
    secret: secret ?? (variable === undefined ? '' : (env[variable] ?? '')),
  }));
}

export function checkWebhooks(config: Config): Finding[] {
  const ids = new Set<string>();
  return config.webhooks.flatMap(({ id, url, secret }, index) => {
    const found: Finding[] = [];
    const tell = (setting: keyof Parsed, message: string) =>
      found.push({ path: ['webhooks', index, setting], message });
    if (ids.has(id)) tell('id', `${id} is declared twice`);
    ids.add(id);
    const { protocol, hostname } = new URL(url);
    const local =
      config.dangerously_allow_private_network_fetch && (isLoopbackHost(hostname) || isTestHost(hostname));
    if (protocol !== 'https:' && !(protocol === 'http:' && local)) {
      tell(
        'url',
        'must be https; http only on a loopback or .test host with dangerously_allow_private_network_fetch',
      );
    }
    if (secret === '') tell('secret', 'is required, here or in the variable that secret_variable names');
    else if (!isWebhookSecret(secret)) {
      tell(
        'secret',
        'must be whsec_ and base64 of 24 to 64 bytes; make one: echo whsec_$(openssl rand -base64 32)',
      );
    }
    return found;
  });
}

/** Standard Webhooks, "Signature scheme": 24 to 64 bytes, base64, with a prefix. */
function isWebhookSecret(secret: string): boolean {
  const [, encoded = ''] =
    /^whsec_((?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?)$/.exec(secret) ?? [];
  const { length } = Buffer.from(encoded, 'base64');
  return length >= 24 && length <= 64;
}
