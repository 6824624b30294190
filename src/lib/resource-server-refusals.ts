import type { RefusalEntry } from './refusal.js';

/** Refusals that only resource servers meet. */
export const resourceServerRefusals = {
  usage_not_yours: {
    status: 400,
    error: 'unauthorized_client',
    says: 'Only resource servers report usage.',
    help: 'The client is in no `resource_servers` of the configuration, so it has served no call. docs/USAGE.md.',
  },
  feed_not_yours: {
    status: 400,
    error: 'unauthorized_client',
    says: 'Only resource servers hear of revocations.',
    help: 'The client is in no `resource_servers` of the configuration, so it holds no tokens of others. docs/FEED.md.',
  },
} as const satisfies Record<string, RefusalEntry>;
