import type { RefusalEntry } from './refusal.js';

/** Refusals of Device Bound Session Credentials (docs/DBSC.md). A browser reads the status alone. */
export const deviceSessionRefusals = {
  device_proof_missing: {
    status: 403,
    error: 'access_denied',
    says: 'A proof of the device is required.',
    help: 'The request carries no Secure-Session-Response. Normal at a refresh whose browser had no challenge; it comes back with a proof. Anything else that asks this was not the browser.',
  },
  device_proof_malformed: {
    status: 403,
    error: 'access_denied',
    says: 'The proof of the device is not acceptable.',
    help: 'Secure-Session-Response is not one JWT of type dbsc+jwt with jti, signed with ES256 or RS256 (RSA of 2048 to 4096 bits), whose key stands in the header at a registration and nowhere at a refresh; the detail says which (DBSC §9.10).',
  },
  device_proof_invalid: {
    status: 403,
    error: 'access_denied',
    says: 'The proof of the device is not acceptable.',
    help: 'Signature, algorithm or aud of the proof are not those of the session and its endpoint. At a refresh: somebody has the cookies and not the key.',
  },
  session_proof_stale: {
    status: 403,
    error: 'access_denied',
    says: 'The proof of the device is not acceptable.',
    help: 'The proof is signed by the right key, but answers no challenge of this turn: it was used before, or is of another session. A browser whose answer was lost comes back with the challenge that came with the refusal.',
  },
  session_binding_refused: {
    status: 400,
    error: 'invalid_request',
    says: 'The session was not bound.',
    help: 'A registration of Device Bound Session Credentials was refused; the detail says why. The session goes on without a device, for sessions.unbound at the most.',
  },
  session_refresh_busy: {
    status: 503,
    error: 'temporarily_unavailable',
    says: 'Too many requests. Try again shortly.',
    help: 'The budget of the address is spent (limits.requests_per_minute_per_address). Chromium takes a 429 to a refresh for the end of the session, so it is told 503 and tries again.',
  },
} as const satisfies Record<string, RefusalEntry>;
