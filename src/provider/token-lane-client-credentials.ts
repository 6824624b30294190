import { epochSeconds } from '../lib/clock.js';
import { sha256 } from '../lib/hashing.js';
import { newAccessToken } from '../lib/opaque-token.js';
import { accessTokenRecord } from './access-token-adapter.js';
import type { TokenAnswer, TokenAsk, TokenMakingPorts } from './token-lane-ports.js';

/** RFC 6749 §4.4, as oidc-provider's client_credentials grant; undefined: nothing was touched, the long way. */
export async function answerClientCredentials(
  { store, resources, clock, random }: TokenMakingPorts,
  { request, asking, proof }: TokenAsk,
): Promise<TokenAnswer | undefined> {
  const { client, version } = asking;
  // What a client may not ask for is the long way's to say.
  if (client.scope !== undefined) return undefined;
  const asked = new Set(request.scope?.split(' '));
  const { resource: named } = request;
  const resource = named === undefined ? resources.meantBy(asked) : resources.find(named);
  if (resource?.format !== 'opaque') return undefined;

  const offered = new Set(resource.scope.split(' '));
  const scope = [...asked].filter((each) => offered.has(each)).join(' ') || undefined;
  const issuedAt = epochSeconds(clock);
  const expiresAt = issuedAt + resource.lifetime;
  const value = newAccessToken(random, expiresAt);
  const accessToken = accessTokenRecord('ClientCredentials', sha256(value), {
    clientId: client.clientId,
    jkt: proof.jkt,
    aud: resource.identifier,
    ...(scope === undefined ? {} : { scope }),
    iat: issuedAt,
    exp: expiresAt,
  });
  if (!(await store.issue({ proof: proof.use, clientVersion: version, accessToken }))) return undefined;
  return { access_token: value, expires_in: resource.lifetime, scope, token_type: 'DPoP' };
}
