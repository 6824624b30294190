/* `holdfast/gateway`: what a resource server installs. Reaches only jose and undici. */
export type { ActiveToken } from './active-token.js';
export type { Challenge } from './challenge.js';
export { corsHeaders, preflightHeaders } from './cors.js';
export { createGuard } from './guard.js';
export type { Decision, Guard, GuardOptions, GuardedRequest } from './guard.js';
export { protect, toGuardedRequest } from './node-adapter.js';
export type { ProtectedHandler, ProtectOptions, RefusedDecision } from './node-adapter.js';
export { resourceMetadata } from './resource-metadata.js';
export { resourceMetadataUrl } from '../lib/resource-metadata-url.js';
