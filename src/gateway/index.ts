/* `holdfast/gateway`: what a resource server installs. Reaches only jose and undici. */
export type { ActiveToken } from './active-token.js';
export type { Challenge } from './challenge.js';
export type { ClientCredentials, ClientKey, ClientTls } from './client-credentials.js';
export { corsHeaders, preflightHeaders } from './cors.js';
export { createGuard } from './guard.js';
export type { Guard } from './guard.js';
export type { Allowed, AllowedCall, CallDecision, CallReader } from './decision.js';
export type { Decision, GuardedCall, Refused } from './decision.js';
export type { CacheOptions, GuardMode, GuardNotice, GuardOptions, StreamOptions } from './guard-options.js';
export type { OutageRule } from './outage-policy.js';
export type { UsageFate, UsageOptions, UsageReport, UsageReporter } from './usage-report.js';
export { protect, protectCalls, readBoundedBody, toGuardedRequest } from './node-adapter.js';
export type { CallHandlers, ProtectedHandler, ProtectOptions } from './node-adapter.js';
export type { GuardedRequest } from './proven-request.js';
export { resourceMetadata } from './resource-metadata.js';
export { accepted, refused } from '../lib/result.js';
export type { Result } from '../lib/result.js';
export { resourceMetadataUrl } from '../lib/resource-metadata-url.js';
