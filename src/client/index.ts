/* `holdfast/client`: what a client app installs. Reaches only jose and undici. */
export { createBoundFetch } from './bound-fetch.js';
export type { BoundFetchOptions } from './bound-fetch.js';
export { BrowserLogin } from './browser-login.js';
export type { BrowserLoginOptions, SignInWish } from './browser-login.js';
export { indexedDbStore } from './indexed-db-store.js';
export { Login } from './login.js';
export type { Access, LoginOptions } from './login.js';
export { memoryStore, oneAfterAnother } from './login-store.js';
export type { LoginIdentity, LoginStore, LoginTokens, StoredLogin } from './login-store.js';
export { challengeParameters } from './authorization.js';
export type { AuthorizationWish, Departure, Journey } from './authorization.js';
export {
  AuthorizationRefused,
  ClientError,
  ForeignOrigin,
  LoginRequired,
  ProviderRefused,
  ProviderUnreachable,
  ProviderUntrusted,
  RedirectRefused,
} from './client-error.js';
export { readChallenge } from './challenge.js';
export type { AuthorizationDetails, CallChallenge } from './challenge.js';
export { generateProofKey, toProofKey } from '../proof/create-proof.js';
export type { ProofKey } from '../proof/create-proof.js';
