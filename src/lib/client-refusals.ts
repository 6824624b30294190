import type { RefusalEntry } from './refusal.js';

/** Refusals of who asks: clients and resource servers, and how they prove it. */
export const clientRefusals = {
  client_authentication_failed: {
    status: 401,
    error: 'invalid_client',
    says: 'Client authentication failed.',
    help: 'Unknown client, wrong secret, assertion or certificate, or another method than the registered one; the detail says which.',
  },
  certificate_unreadable: {
    status: 400,
    error: 'invalid_request',
    says: 'The client certificate could not be read.',
    help: 'A trusted proxy sent a header that is not one certificate in the configured format; the detail names both. It must replace the header, never add to it (mtls.certificate_header, mtls.certificate_format, docs/runbooks/mtls.md).',
  },
  client_authentication_missing: {
    status: 400,
    error: 'invalid_request',
    says: 'The request is not valid.',
    help: 'The request does not say which client it is from. Send the id and secret as HTTP Basic (curl -u), or a client_assertion; a public client, and one that has a certificate, sends its client_id.',
  },
  client_not_allowed: {
    status: 400,
    error: 'unauthorized_client',
    says: 'The client may not do this.',
    help: 'The grant type, response type or resource is not registered for this client; or, at /revoke with level and id, its may_revoke does not name the level.',
  },
  client_identity_only: {
    status: 400,
    error: 'invalid_target',
    says: 'The client may not ask for this resource.',
    help: 'The client is registered with dpop_bound_access_tokens: false and without tls_client_certificate_bound_access_tokens, so it gets identity only (law 1).',
  },
} as const satisfies Record<string, RefusalEntry>;
