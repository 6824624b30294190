import { base64url } from 'jose';
import { sha256Of } from '../proof/create-proof.js';
import type { CallChallenge } from './challenge.js';
import { AuthorizationRefused, ProviderUntrusted } from './client-error.js';
import type { Provider, ProviderAnswer } from './provider.js';
import type { ProofKey } from '../proof/create-proof.js';

/** What the person is asked for. */
export interface AuthorizationWish {
  readonly redirectUri: string;
  /** What a call needs beside the login. */
  readonly challenge?: CallChallenge;
  /** Others of the request: `prompt`, `login_hint`, `ui_locales`. */
  readonly parameters?: Readonly<Record<string, string>>;
}

/** What the way back is checked against. Plain, so that it can be kept while the person is away; good for one answer. */
export interface Departure {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
  readonly redirectUri: string;
  /** Whose approval a call needs: `sub` of the login that was refused. Unset: whoever signs in. */
  readonly subject?: string;
}

/** The person's way to the provider: where she goes, and what her answer is checked against. */
export interface Journey {
  readonly address: string;
  readonly departure: Departure;
}

interface Asking {
  readonly provider: Provider;
  readonly key: ProofKey;
  readonly resource: string;
  readonly scope: string;
  readonly random: { bytes(length: number): Uint8Array };
}

/** The parameters that ask for what a challenge wants; at /backchannel `max_age` means nothing and is left out. */
export function challengeParameters(
  challenge: CallChallenge | undefined,
  where: 'authorize' | 'backchannel' = 'authorize',
): Readonly<Record<string, string>> {
  if (challenge === undefined) return {};
  const { acrValues, maxAge, authorizationDetails } = challenge;
  return {
    ...(acrValues.length > 0 && { acr_values: acrValues.join(' ') }),
    ...(maxAge !== undefined && where === 'authorize' && { max_age: String(maxAge) }),
    ...(authorizationDetails && { authorization_details: JSON.stringify(authorizationDetails) }),
  };
}

/** Makes the request, and pushes it where the provider takes that (RFC 9126). */
export async function beginAuthorization(
  { provider, key, resource, scope, random }: Asking,
  { redirectUri, challenge, parameters }: AuthorizationWish,
): Promise<Journey> {
  const [state, nonce, verifier] = [0, 1, 2].map(() => base64url.encode(random.bytes(32))) as [
    string,
    string,
    string,
  ];
  const request = {
    ...parameters,
    ...challengeParameters(challenge),
    response_type: 'code',
    redirect_uri: redirectUri,
    scope,
    resource,
    state,
    nonce,
    // RFC 7636 §4.2; RFC 9449 §10: the code is bound to the key from the beginning.
    code_challenge: await sha256Of(verifier),
    code_challenge_method: 'S256',
    dpop_jkt: key.jkt,
  };
  const { authorization_endpoint, pushed_authorization_request_endpoint } = await provider.metadata();
  const address = new URL(authorization_endpoint);
  const sent =
    pushed_authorization_request_endpoint === undefined
      ? request
      : {
          request_uri: requestUriOf(
            await provider.post('pushed_authorization_request_endpoint', key, request),
          ),
        };
  for (const [name, value] of Object.entries({ client_id: provider.clientId, ...sent })) {
    address.searchParams.set(name, value);
  }
  return { address: address.href, departure: { state, nonce, verifier, redirectUri } };
}

function requestUriOf({ request_uri: uri }: ProviderAnswer): string {
  if (typeof uri !== 'string')
    throw new ProviderUntrusted('The provider took the request and named no request_uri');
  return uri;
}

/**
 * The code of the provider's answer. Refuses what is not an answer to `departure`, by state, and what another provider
 * says (mix-up, RFC 9207 §2.4).
 */
export async function readAuthorizationResponse(
  provider: Provider,
  departure: Departure,
  response: URL,
): Promise<string> {
  const parameters = response.searchParams;
  const names = ['state', 'iss', 'code', 'error'];
  if (names.some((name) => parameters.getAll(name).length > 1)) {
    throw new ProviderUntrusted('The answer says something twice');
  }
  if (parameters.get('state') !== departure.state) {
    throw new ProviderUntrusted('The answer is not to what was asked');
  }
  const metadata = await provider.metadata();
  const issuer = parameters.get('iss');
  const saysWho = issuer !== null || metadata.authorization_response_iss_parameter_supported;
  if (saysWho && issuer !== provider.issuer) throw new ProviderUntrusted('Another provider answers');
  const error = parameters.get('error');
  if (error !== null) throw new AuthorizationRefused(error, parameters.get('error_description') ?? undefined);
  const code = parameters.get('code');
  if (code === null) throw new ProviderUntrusted('The answer has no code');
  return code;
}
