import { levelRefused, requestRefused } from '../provider/provider-error.js';
import type { AuthenticatedContext } from '../provider/provider-route.js';
import { revokeAt, type LevelRevocationPorts } from './level-revocation-service.js';

/** What a client that `may_revoke` can name by an id that is no credential. */
const levels = ['session', 'device'] as const;

/** Whether the request names what is to end by level and id, rather than by a token. */
export function namesLevel({ oidc }: AuthenticatedContext): boolean {
  return oidc.params['level'] !== undefined;
}

/**
 * Our extension of POST /revoke: `level` and `id` in place of a token, for confidential clients that the operator lets do
 * so. As with tokens (RFC 7009 §2.2), the answer is the same whether there was something to end.
 */
export async function revokeByLevel(ctx: AuthenticatedContext, ports: LevelRevocationPorts): Promise<void> {
  const { client, params } = ctx.oidc;
  const { level: asked, id = '' } = params;
  const level = levels.find((each) => each === asked);
  if (level === undefined || id === '' || params['token'] !== undefined) {
    throw requestRefused('request_malformed', `level is one of ${levels.join(', ')}, with id and no token`);
  }
  const allowed: unknown = client['may_revoke'];
  if (!Array.isArray(allowed) || !allowed.includes(level) || client.clientAuthMethod === 'none') {
    throw levelRefused(level);
  }
  await revokeAt(ports, level, id);
}
