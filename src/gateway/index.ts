/* `holdfast/gateway`: what a resource server installs. Reaches only jose and undici. */
export type { ActiveToken } from './active-token.js';
export type { Challenge } from './challenge.js';
export { corsHeaders, preflightHeaders } from './cors.js';
export { createGuard } from './guard.js';
export type { Allowed, CallDecision, CallReader, Decision } from './guard.js';
export type { Guard, GuardedCall, GuardOptions, Refused } from './guard.js';
export { protect, protectCalls, readBoundedBody, toGuardedRequest } from './node-adapter.js';
export type { AllowedCall, CallHandlers, ProtectedHandler, ProtectOptions } from './node-adapter.js';
export type { GuardedRequest } from './proven-request.js';
export { resourceMetadata } from './resource-metadata.js';
export { accepted, refused } from '../lib/result.js';
export type { Result } from '../lib/result.js';
export { resourceMetadataUrl } from '../lib/resource-metadata-url.js';
