/* `holdfast/client`: what a client app installs. Reaches only jose and undici. */
export { createBoundFetch } from './bound-fetch.js';
export type { BoundFetch, BoundFetchOptions, BoundRequest } from './bound-fetch.js';
export { readChallenge } from './challenge.js';
export type { AuthorizationDetails, CallChallenge } from './challenge.js';
export { generateProofKey, toProofKey } from '../proof/create-proof.js';
export type { ProofKey } from '../proof/create-proof.js';
