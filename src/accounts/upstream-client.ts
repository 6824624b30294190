import * as client from 'openid-client';
import type { UpstreamProviderConfig } from '../config/schema.js';
import type { Clock } from '../lib/clock.js';
import { codeOf } from '../lib/error-code.js';
import { harmless } from '../lib/harmless.js';
import { accepted, refused, type Result } from '../lib/result.js';

/** Milliseconds for which a provider's metadata are believed: what it changes is heard by then. */
const metadataLife = 60 * 60_000;
/** Milliseconds after which a provider is asked again that did not answer: it may be back. */
const failureLife = 5_000;
/** Seconds that the provider has for each answer. */
const patience = 5;

export interface UpstreamClientPorts {
  /** Guarded against private addresses (threat 29). */
  readonly fetch: typeof globalThis.fetch;
  readonly clock: Clock;
}

export interface AuthorizationWish {
  readonly redirectUri: string;
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
  /** Seconds; 0: she must prove herself anew. */
  readonly maxAge: number | undefined;
}

export interface ExpectedAnswer {
  /** The redirect URI with the parameters of the answer. */
  readonly url: URL;
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
}

/** Claims that were checked: of the ID token, and of userinfo where the e-mail address is only there. */
export type UpstreamClaims = Readonly<Record<string, unknown>>;

/** Speaks OpenID Connect with upstream providers; the only user of openid-client. */
export class UpstreamClient {
  readonly #ports: UpstreamClientPorts;
  readonly #known = new Map<string, { until: number; readonly found: Promise<client.Configuration> }>();

  constructor(ports: UpstreamClientPorts) {
    this.#ports = ports;
  }

  /** Where the browser goes to log in there. `upstream_unavailable` when the provider's metadata can't be had. */
  async authorizationUrl(provider: UpstreamProviderConfig, wish: AuthorizationWish): Promise<Result<string>> {
    return await refusingWhatThrows(async () => {
      const { redirectUri, state, nonce, verifier, maxAge } = wish;
      const url = client.buildAuthorizationUrl(await this.#discover(provider), {
        redirect_uri: redirectUri,
        scope: provider.scope,
        state,
        nonce,
        // RFC 9700 §2.1.1: PKCE also for clients with a secret; S256, so that the challenge does not tell the verifier.
        code_challenge: await client.calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
        ...(provider.acr_values === undefined ? {} : { acr_values: provider.acr_values }),
        ...(maxAge === undefined ? {} : { max_age: String(maxAge) }),
        ...(maxAge === 0 ? { prompt: 'login' } : {}),
      });
      return accepted(url.href);
    });
  }

  /**
   * Redeems the code and checks what comes (OIDC Core §3.1.3.7): issuer, audience, time, nonce, and the signature too,
   * although TLS would do. RFC 9207 §2.4: `iss` must be the provider's, and must be there if its metadata say so.
   */
  async exchange(
    provider: UpstreamProviderConfig,
    expected: ExpectedAnswer,
  ): Promise<Result<UpstreamClaims>> {
    return await refusingWhatThrows(async () => {
      const { url, state, nonce, verifier } = expected;
      const configuration = await this.#discover(provider);
      const tokens = await client.authorizationCodeGrant(configuration, url, {
        expectedState: state,
        expectedNonce: nonce,
        pkceCodeVerifier: verifier,
        idTokenExpected: true,
      });
      const claims = tokens.claims();
      if (!claims) return refused('upstream_rejected', 'there is no ID token');
      const known = { ...claims };
      if (known['email'] !== undefined || !configuration.serverMetadata().userinfo_endpoint)
        return accepted(known);
      // OIDC Core §5.3.2: the sub of userinfo MUST be that of the ID token; the library compares them.
      const more = await client.fetchUserInfo(configuration, tokens.access_token, claims.sub);
      return accepted({ ...more, ...known });
    });
  }

  #discover(provider: UpstreamProviderConfig): Promise<client.Configuration> {
    const now = this.#ports.clock.now();
    const known = this.#known.get(provider.id);
    if (known && now < known.until) return known.found;
    const found = this.#read(provider);
    const entry = { found, until: now + metadataLife };
    this.#known.set(provider.id, entry);
    // Whoever presses the button again and again does not make us ask each time.
    found.catch(() => (entry.until = now + failureLife));
    return found;
  }

  async #read(provider: UpstreamProviderConfig): Promise<client.Configuration> {
    const insecure = provider.issuer.startsWith('http:');
    const read = await client.discovery(
      new URL(provider.issuer),
      provider.client_id,
      undefined,
      authenticationOf(provider),
      {
        [client.customFetch]: this.#ports.fetch as client.CustomFetch,
        timeout: patience,
        execute: [client.enableNonRepudiationChecks, ...(insecure ? [client.allowInsecureRequests] : [])],
      },
    );
    // The library lets some providers name another issuer than they were asked for; then `iss` would prove nothing.
    if (read.serverMetadata().issuer !== provider.issuer) throw new OtherIssuer();
    return read;
  }
}

class OtherIssuer extends Error {}

/** RFC 6749 §2.3.1: Basic is what every server takes; a server that does not says so in its metadata. */
function authenticationOf({ client_secret: secret }: UpstreamProviderConfig): client.ClientAuth {
  const [basic, post] = [client.ClientSecretBasic(secret), client.ClientSecretPost(secret)];
  return (server, metadata, body, headers) => {
    const supported = server.token_endpoint_auth_methods_supported ?? ['client_secret_basic'];
    return (supported.includes('client_secret_basic') ? basic : post)(server, metadata, body, headers);
  };
}

async function refusingWhatThrows<Value>(work: () => Promise<Result<Value>>): Promise<Result<Value>> {
  try {
    return await work();
  } catch (error) {
    return refusalOf(error);
  }
}

/** The library throws for whatever is wrong with an answer, and the fetch for a provider that does not answer. */
function refusalOf(error: unknown): Result<never> {
  if (error instanceof client.AuthorizationResponseError) {
    if (error.error === 'access_denied')
      return refused('upstream_denied', 'the provider answered access_denied');
    return refused('upstream_rejected', `the provider answered ${harmless(error.error)}`);
  }
  if (error instanceof client.ResponseBodyError) {
    return refused('upstream_unavailable', `its token endpoint answered ${harmless(error.error)}`);
  }
  if (error instanceof OtherIssuer) {
    return refused('upstream_rejected', 'its metadata name another issuer than upstream_providers does');
  }
  if (!(error instanceof Error)) throw error;
  const { code } = error as { code?: unknown };
  const detail = [typeof code === 'string' ? code : error.name, error.message, reasonOf(error)];
  const text = detail.filter(Boolean).join(': ');
  return refused(answersWrongly.has(String(code)) ? 'upstream_rejected' : 'upstream_unavailable', text);
}

/** Codes of the library for an answer that was read and is not what was asked for. */
const answersWrongly = new Set([
  'OAUTH_INVALID_RESPONSE',
  'OAUTH_JWT_CLAIM_COMPARISON_FAILED',
  'OAUTH_JWT_TIMESTAMP_CHECK_FAILED',
  'OAUTH_JSON_ATTRIBUTE_COMPARISON_FAILED',
  'OAUTH_KEY_SELECTION_FAILED',
  'OAUTH_UNSUPPORTED_OPERATION',
  'OAUTH_MISSING_SERVER_METADATA',
]);

/** Why a fetch failed stands in its cause. Only as a code: the message of a parser quotes what it read (law 7). */
function reasonOf({ cause }: Error): string {
  return cause instanceof Error ? (codeOf(cause) ?? cause.name) : '';
}
