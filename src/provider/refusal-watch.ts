import type { KoaContextWithOIDC, Provider } from 'oidc-provider';
import { explanationOf, type Refusal } from '../lib/refusal.js';
import { retryAfterUnavailable } from '../lib/unavailable.js';
import type { SecurityEvents } from '../observability/events.js';
import { refusalOfError } from './provider-error.js';

/** The events that tell of a refused request: oidc-provider's, and those of our own routes. */
const errorEvents = [
  'authorization.error',
  'grant.error',
  'pushed_authorization_request.error',
  'userinfo.error',
  'introspection.error',
  'revocation.error',
  'calls.error',
  'usage.error',
  'revocation_feed.error',
  'backchannel_authentication.error',
  'end_session.error',
  'end_session_confirm.error',
  'end_session_success.error',
  'discovery.error',
  'jwks.error',
  'server_error',
] as const;

/** What an own route may call its refusals: one that nobody watches would refuse without a word in the log. */
export type WatchedEvent = (typeof errorEvents)[number];

export interface RefusalWatchPorts {
  /** `error` is what was thrown: of a fault of ours only it has the stack. */
  readonly note: (ctx: KoaContextWithOIDC, refusal: Refusal, error: Error) => void;
  readonly requestId: (ctx: KoaContextWithOIDC) => string | undefined;
  readonly events: SecurityEvents;
  /** True on a loopback issuer: the answer itself says what the log says (law 8). */
  readonly explain: boolean;
}

/** Names every refusal that oidc-provider makes: into the log under its code, and into the answer its request id. */
export function watchRefusals(provider: Provider, ports: RefusalWatchPorts): void {
  const on = provider.on.bind(provider) as (
    event: string,
    listener: (ctx: KoaContextWithOIDC, error: Error) => void,
  ) => void;
  for (const event of errorEvents) {
    on(event, (ctx, error) => {
      const refusal = refusalOfError(error);
      ports.note(ctx, refusal, error);
      tellSecurity(ctx, refusal, ports.events);
      // RFC 9110 §15.6.4; the page that a browser gets needs it as much as the JSON.
      if (refusal.code === 'database_unavailable') ctx.set('Retry-After', String(retryAfterUnavailable));
      helpOwner(ctx, refusal, ports);
    });
  }
}

/** The error handler has written its JSON by now; a page was rendered with the id already. */
function helpOwner(ctx: KoaContextWithOIDC, refusal: Refusal, ports: RefusalWatchPorts): void {
  const body = ctx.body as unknown;
  if (typeof body !== 'object' || body === null || Buffer.isBuffer(body) || !('error' in body)) return;
  ctx.body = {
    ...body,
    request_id: ports.requestId(ctx),
    ...(ports.explain ? explanationOf(refusal) : {}),
  };
}

function tellSecurity(ctx: KoaContextWithOIDC, refusal: Refusal, events: SecurityEvents): void {
  const { client, entities } = ctx.oidc;
  const token = entities.AccessToken;
  const family = {
    clientId: client?.clientId ?? token?.clientId ?? 'unknown',
    ...(token?.grantId === undefined ? {} : { grantId: token.grantId }),
  };
  if (refusal.code === 'proof_replayed') events.proofReplayed(family);
}
