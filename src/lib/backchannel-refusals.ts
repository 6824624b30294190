import type { RefusalEntry } from './refusal.js';

/** Refusals of requests to people on another device (CIBA). */
export const backchannelRefusals = {
  backchannel_busy: {
    status: 429,
    error: 'temporarily_unavailable',
    says: 'This person cannot be asked now. Try again later.',
    help: 'One request per client and person waits at a time; after a denial there is a pause (1, 5, 30 minutes, 2 hours), after “I didn’t ask for this” one of a day (backchannel.block). Retry-After says when to come back.',
  },
  backchannel_key_missing: {
    status: 400,
    error: 'invalid_request',
    says: 'The request is not valid.',
    help: 'Say which key will fetch the tokens: its RFC 7638 thumbprint as dpop_jkt, or a DPoP proof in the header of this request; both must be of one key.',
  },
  backchannel_pending: {
    status: 400,
    error: 'authorization_pending',
    says: 'The person has not answered yet.',
    help: 'Normal: ask again after `interval` seconds (CIBA §11).',
  },
  backchannel_slow_down: {
    status: 400,
    error: 'slow_down',
    says: 'Ask less often.',
    help: 'The client polled before its interval was over. The interval of this request is 5 seconds longer now, each time (CIBA §11, RFC 8628 §3.5).',
  },
  backchannel_expired: {
    status: 400,
    error: 'expired_token',
    says: 'The request has expired.',
    help: 'Nobody answered within expires_in, or the client came for the tokens too late. Ask anew.',
  },
  backchannel_denied: {
    status: 400,
    error: 'access_denied',
    says: 'The person did not agree.',
    help: 'She denied, or typed a wrong number three times. The client must wait before it asks her again.',
  },
  backchannel_disowned: {
    status: 400,
    error: 'access_denied',
    says: 'The person did not agree.',
    help: 'She said that she did not ask for this: somebody has the client ask in her name. What she granted the client was revoked, and it may not ask her for a day (backchannel.block).',
  },
  backchannel_unmet: {
    status: 400,
    error: 'access_denied',
    says: 'The person could not sign in strongly enough.',
    help: 'She agreed, but not with the strength that acr_values demands (a hardware key, for instance).',
  },
  backchannel_wrong_key: {
    status: 400,
    error: 'invalid_grant',
    says: 'The grant is not valid.',
    help: 'auth_req_id was presented with another key than the one it was asked for with: a sign of theft, told as backchannel_misuse. Nothing was used up.',
  },
  binding_message_invalid: {
    status: 400,
    error: 'invalid_binding_message',
    says: 'The binding message is not acceptable.',
    help: 'CIBA §7.1: one line of at most 64 visible characters, without quotation marks: her page puts it between some.',
  },
} as const satisfies Record<string, RefusalEntry>;
