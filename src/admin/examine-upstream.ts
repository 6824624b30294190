import type { UpstreamClient } from '../accounts/upstream-client.js';
import type { Config, UpstreamProviderConfig } from '../config/schema.js';
import type { Finding } from './doctor-command.js';

/** A question that is never asked: making it takes all that a login needs of the provider's metadata. */
const rehearsal = { state: 'state', nonce: 'nonce', verifier: 'verifier', maxAge: undefined };

/** Whether each upstream provider can be reached and is who the configuration says. */
export function examineUpstream(
  { issuer, upstream_providers: providers }: Pick<Config, 'issuer' | 'upstream_providers'>,
  client: Pick<UpstreamClient, 'authorizationUrl'>,
): Promise<Finding[]> {
  const examine = async (provider: UpstreamProviderConfig): Promise<Finding> => {
    const name = `upstream ${provider.id}`;
    const redirectUri = `${issuer}/upstream/${provider.id}/callback`;
    const asked = await client.authorizationUrl(provider, { ...rehearsal, redirectUri });
    if (asked.ok) return { name, state: 'ok', says: `answers; our redirect URI there is ${redirectUri}` };
    const { code, detail } = asked.refusal;
    // People have other ways in, so this alone makes nothing unhealthy.
    return { name, state: 'warning', says: `nobody can log in with it: ${code}: ${detail ?? ''}` };
  };
  return Promise.all(providers.map(examine));
}
