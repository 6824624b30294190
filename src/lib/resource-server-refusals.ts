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
  model_provider_unavailable: {
    status: 502,
    error: 'temporarily_unavailable',
    says: 'The model does not answer.',
    help: 'The provider behind the standalone gateway gave no answer, or one that is none: the log line has the error or its status. docs/STANDALONE-GATEWAY.md.',
  },
  model_provider_refused: {
    status: 502,
    error: 'server_error',
    says: 'The model is not available here.',
    help: 'The provider refused the key of the standalone gateway (401 or 403), also after it was read anew. docs/STANDALONE-GATEWAY.md.',
  },
  gateway_busy: {
    status: 503,
    error: 'temporarily_unavailable',
    says: 'Too many long requests at once. Try again shortly.',
    help: 'The bodies that the standalone gateway holds at this moment add up to eight of the longest that it takes (--body-limit).',
  },
  caller_not_the_proxy: {
    status: 403,
    error: 'access_denied',
    says: 'Only the proxy asks here.',
    help: 'Somebody asked at /authz without the secret of the proxy (X-Holdfast-Proxy). If it was the proxy: its configuration and that of the gateway hold two secrets. docs/EXTERNAL-AUTHORIZATION.md.',
  },
  proxy_misconfigured: {
    status: 500,
    error: 'server_error',
    says: 'Something went wrong on our side.',
    help: 'The proxy asked at /authz, but what it must set itself is missing, came twice, or is wrong; the detail says which. Compare its configuration with that of examples/.',
  },
  bearer_tier: {
    status: 403,
    error: 'access_denied',
    says: 'This model needs a token that is bound to a key.',
    help: 'Bearer credentials of before call models of the cheapest tier alone (resources.dangerously_allow_bearer). The client logs in and gets a bound token (docs/runbooks/move-from-bearer.md).',
  },
  bearer_cap_reached: {
    status: 403,
    error: 'access_denied',
    says: 'The limit of this day is reached.',
    help: 'A bearer credential of before, or all of them together, have spent what they may in a day (cap_per_credential, cap_in_all of dangerously_allow_bearer). A bound token is under no such cap; holdfast legacy report has the figures.',
  },
} as const satisfies Record<string, RefusalEntry>;
