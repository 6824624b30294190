import type { ServerResponse } from 'node:http';
import type { Lane } from '../http/lane.js';
import { DatabaseUnavailable } from '../lib/unavailable.js';
import { corsAllowed } from './client-policy.js';
import type { AskingClients } from './token-lane-client.js';
import { answerClientCredentials } from './token-lane-client-credentials.js';
import type { LaneProof } from './token-lane-proof.js';
import type { TokenAnswer, TokenAsk, TokenMakingPorts } from './token-lane-ports.js';
import { answerRefresh } from './token-lane-refresh.js';
import { readPlainTokenRequest, type PlainTokenRequest } from './token-lane-request.js';

export interface TokenLanePorts extends TokenMakingPorts {
  readonly clients: AskingClients;
  readonly proofs: (header: string) => LaneProof | undefined;
}

/**
 * The short way through the token endpoint for refresh_token and client_credentials, where nothing is unusual and
 * everything holds: one statement that does all or nothing. It refuses nothing: whatever does not hold is left to the long way.
 */
export function createTokenLane(ports: TokenLanePorts): Lane {
  const makers = { refresh_token: answerRefresh, client_credentials: answerClientCredentials };
  return async ({ request, response, body }) => {
    const plain = readPlainTokenRequest(request, body);
    if (!plain) return false;
    try {
      const asking = await ports.clients.find(request.headers, plain.clientId);
      if (!asking || !isAllowed(asking, plain)) return false;
      const proof = ports.proofs(plain.proof);
      if (!proof) return false;
      const answer = await makers[plain.grantType](ports, { request: plain, asking, proof });
      if (answer) send(response, answer, { proof, origin: plain.origin });
      else ports.clients.forget(asking);
      return answer !== undefined;
    } catch (error) {
      // The long way meets the same and has the words for it.
      if (error instanceof DatabaseUnavailable) return false;
      throw error;
    }
  };
}

function isAllowed({ client }: TokenAsk['asking'], { grantType, origin }: PlainTokenRequest): boolean {
  return (
    client.grantTypeAllowed(grantType) &&
    client.dpopBoundAccessTokens === true &&
    client['tlsClientCertificateBoundAccessTokens'] !== true &&
    (origin === undefined || corsAllowed(undefined, origin, client))
  );
}

/** RFC 6749 §5.1, with the headers that oidc-provider sets: CORS, no store, the next nonce. */
function send(
  response: ServerResponse,
  answer: TokenAnswer,
  { proof, origin }: { readonly proof: LaneProof; readonly origin: string | undefined },
): void {
  const body = JSON.stringify(answer);
  response.setHeader('Vary', 'Origin');
  response.setHeader('Access-Control-Allow-Origin', origin ?? '*');
  response.setHeader('Access-Control-Expose-Headers', 'DPoP-Nonce,WWW-Authenticate');
  response.setHeader('cache-control', 'no-store');
  if (proof.nextNonce !== undefined) response.setHeader('dpop-nonce', proof.nextNonce);
  response.setHeader('Content-Type', 'application/json; charset=utf-8');
  response.setHeader('Content-Length', Buffer.byteLength(body));
  response.end(body);
}
