import * as client from 'openid-client';
import { systemClock } from '../../../src/lib/clock.js';
import { describeGateway, type Access } from '../../support/model-gateway.js';
import { deviceKey } from './device-key.js';
import { grantedOf, keep, kept, takeDeparture, type Tokens } from './kept.js';

/** What the server of this page says at /settings.json. */
interface Settings {
  readonly gateway: string;
  readonly issuer: string;
  readonly client_id: string;
}

const scope = 'openid model:read model:call';
/** Renewed so long before it ends, in milliseconds. */
const margin = 10_000;

/** The login of this tab at the provider that the gateway names. */
export class Login {
  readonly gateway: URL;
  readonly #resource: string;
  readonly #config: client.Configuration;
  readonly #DPoP: client.DPoPHandle;

  private constructor(
    gateway: URL,
    resource: string,
    config: client.Configuration,
    keyPair: client.CryptoKeyPair,
  ) {
    this.gateway = gateway;
    this.#resource = resource;
    this.#config = config;
    this.#DPoP = client.getDPoPHandle(config, keyPair);
  }

  static async prepare(): Promise<Login> {
    const settings = (await (await fetch('/settings.json')).json()) as Settings;
    const gateway = new URL(settings.gateway);
    const { issuer, resource } = await describeGateway(gateway);
    // A gateway can't send the person to a provider that this app doesn't know.
    if (issuer !== settings.issuer) {
      throw new Error(
        `${gateway.href} names another provider, ${issuer}. If it is yours, start this app with --issuer ${issuer}`,
      );
    }
    const insecure = issuer.startsWith('http:') ? [client.allowInsecureRequests] : [];
    const [config, keyPair] = await Promise.all([
      client.discovery(new URL(issuer), settings.client_id, undefined, client.None(), { execute: insecure }),
      deviceKey(),
    ]);
    return new Login(gateway, resource, config, keyPair);
  }

  /** What the person approved, as long as it lasts. */
  get granted(): Tokens['granted'] {
    const now = systemClock.now() / 1000;
    const granted = kept('tokens')?.granted ?? [];
    return granted.filter(({ expires_at: end }) => typeof end === 'number' && end > now);
  }

  /** Sends the person to the provider; `parameters` are what a challenge asks for beside the login. */
  async leave(parameters: Readonly<Record<string, string>> = {}): Promise<void> {
    const verifier = client.randomPKCECodeVerifier();
    const [state, nonce] = [client.randomState(), client.randomNonce()];
    const request = {
      ...parameters,
      redirect_uri: new URL('/callback', location.origin).href,
      scope,
      resource: this.#resource,
      state,
      nonce,
      code_challenge: await client.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
    };
    const address = await client.buildAuthorizationUrlWithPAR(this.#config, request, { DPoP: this.#DPoP });
    keep('departure', { verifier, state, nonce });
    location.assign(address);
  }

  /** Takes the provider's answer in the address; false when there is none that this tab waits for. */
  async arrive(): Promise<boolean> {
    if (location.pathname !== '/callback') return false;
    const departure = takeDeparture();
    const address = new URL(location.href);
    history.replaceState(null, '', '/');
    if (!departure) return false;
    // openid-client compares state and iss (RFC 9207), and the ID token's nonce.
    const { verifier: pkceCodeVerifier, state: expectedState, nonce: expectedNonce } = departure;
    const checks = { pkceCodeVerifier, expectedState, expectedNonce, idTokenExpected: true };
    const resource = { resource: this.#resource };
    const options = { DPoP: this.#DPoP };
    this.#keep(await client.authorizationCodeGrant(this.#config, address, checks, resource, options));
    return true;
  }

  /** Access that lives for a while yet; undefined when the person has to sign in. */
  async access(): Promise<Access | undefined> {
    const tokens = kept('tokens');
    if (!tokens) return undefined;
    if (tokens.expiresAt - margin > systemClock.now()) return this.#accessOf(tokens.access);
    if (tokens.refresh === undefined) return this.forget();
    try {
      const resource = { resource: this.#resource };
      const options = { DPoP: this.#DPoP };
      const renewed = await client.refreshTokenGrant(this.#config, tokens.refresh, resource, options);
      this.#keep(renewed, tokens);
      return this.#accessOf(renewed.access_token);
    } catch (error) {
      // Expired or revoked: the person signs in again.
      if (error instanceof client.ResponseBodyError && error.error === 'invalid_grant') return this.forget();
      throw error;
    }
  }

  async models(): Promise<readonly string[]> {
    const access = await this.access();
    if (!access) return [];
    const address = new URL('/v1/models', this.gateway);
    const { config, token, DPoP } = access;
    const answer = await client
      .fetchProtectedResource(config, token, address, 'GET', undefined, undefined, { DPoP })
      .catch((error: unknown) => {
        if (error instanceof client.WWWAuthenticateChallengeError) return error.response;
        throw error;
      });
    // Ended or revoked meanwhile.
    if (answer.status === 401) return this.forget() ?? [];
    const { data } = (await answer.json()) as { data: readonly { id: string }[] };
    return data.map(({ id }) => id);
  }

  forget(): undefined {
    keep('tokens', undefined);
  }

  /** Ends the login at the provider, too. */
  signOut(): void {
    const hint = kept('tokens')?.id;
    this.forget();
    const parameters = {
      post_logout_redirect_uri: new URL('/', location.origin).href,
      ...(hint !== undefined && { id_token_hint: hint }),
    };
    location.assign(client.buildEndSessionUrl(this.#config, parameters));
  }

  #accessOf(token: string): Access {
    return { config: this.#config, token, DPoP: this.#DPoP };
  }

  #keep(tokens: client.TokenEndpointResponse, before?: Tokens): void {
    keep('tokens', {
      access: tokens.access_token,
      expiresAt: systemClock.now() + (tokens.expires_in ?? 60) * 1000,
      refresh: tokens.refresh_token ?? before?.refresh,
      id: tokens.id_token ?? before?.id,
      granted: grantedOf(tokens.authorization_details),
    });
  }
}
