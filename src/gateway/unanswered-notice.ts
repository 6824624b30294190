import type { Clock } from '../lib/clock.js';
import type { Asked, AuthorizationServer } from './authorization-server.js';
import type { GuardOptions } from './guard-options.js';

/** Milliseconds from one notice to the next: an outage must not fill the log. */
const pause = 10_000;

/**
 * Tells the operator why nobody gets in. The client is only told to come back, so a wrong secret, issuer or public address
 * would look like a server that is busy.
 */
export function noticeUnanswered(
  server: AuthorizationServer,
  onNotice: NonNullable<GuardOptions['onNotice']>,
  monotonic: Clock,
): AuthorizationServer {
  let questions = 0;
  let told = -Infinity;
  const notice = (asked: Asked): Asked => {
    if (asked.ok) return asked;
    questions += 1;
    const now = monotonic.now();
    if (now - told < pause) return asked;
    onNotice({ kind: 'unanswered', questions, detail: asked.refusal.detail ?? asked.refusal.code });
    questions = 0;
    told = now;
    return asked;
  };
  return {
    ...server,
    introspect: async (token) => notice(await server.introspect(token)),
    authorizeCall: async (question) => notice(await server.authorizeCall(question)),
  };
}
