import type { RefusalEntry } from './refusal.js';

/** Refusals of token exchange (RFC 8693) and of the logout that a trusted issuer tells. */
export const exchangeRefusals = {
  subject_token_rejected: {
    status: 400,
    error: 'invalid_request',
    says: 'The subject token is not acceptable.',
    help: 'Signature, issuer, audience, age or a claim of the ID token is not what trusted_issuers asks for; the detail says which (RFC 8693 §2.2.2, docs/EXCHANGE.md).',
  },
  subject_token_used: {
    status: 400,
    error: 'invalid_request',
    says: 'The subject token is not acceptable.',
    help: 'The ID token was exchanged before with another key or by another client: a sign of theft. The same key may repeat it while it is fresh; everybody else needs a new one.',
  },
  subject_token_outdated: {
    status: 400,
    error: 'invalid_request',
    says: 'The subject token is not acceptable.',
    help: 'Something of the person was revoked, or she signed out at the issuer, after the ID token was made. Have her sign in there again and exchange the new one.',
  },
  subject_token_wrong_key: {
    status: 400,
    error: 'invalid_request',
    says: 'The subject token is not acceptable.',
    help: 'The ID token names a key (its nonce, with key_in_nonce, or cnf.jkt) and the proof is of another one.',
  },
  subject_unknown: {
    status: 400,
    error: 'invalid_request',
    says: 'The subject token is not acceptable.',
    help: 'Nobody was imported for this issuer and subject, and accounts is imported_only for it; the detail names the issuer. Run holdfast account import.',
  },
  subject_disabled: {
    status: 400,
    error: 'invalid_request',
    says: 'The subject token is not acceptable.',
    help: 'The account is disabled (holdfast account disable).',
  },
  issuer_unavailable: {
    status: 503,
    error: 'temporarily_unavailable',
    says: 'The service is busy. Try again shortly.',
    help: 'The keys of a trusted issuer could not be read; the detail says why. holdfast doctor tries it.',
  },
  exchange_unsupported: {
    status: 400,
    error: 'invalid_request',
    says: 'The request is not valid.',
    help: 'Token exchange here takes one subject_token of a trusted issuer and gives an access token; the detail names the parameter (docs/EXCHANGE.md).',
  },
  logout_token_rejected: {
    status: 400,
    error: 'invalid_request',
    says: 'The logout token is not acceptable.',
    help: 'A check of OpenID Connect Back-Channel Logout 1.0 §2.6 failed; the detail says which. The audience must be one of audiences of the issuer.',
  },
} as const satisfies Record<string, RefusalEntry>;
