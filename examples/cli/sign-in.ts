import * as client from 'openid-client';
import { challengeParameters } from '../../src/client/authorization.js';
import type { CallChallenge } from '../../src/client/challenge.js';
import { isLoopbackHost, isTestHost } from '../../src/lib/hosts.js';
import type { Access } from '../support/model-gateway.js';
import { askElsewhere, type Elsewhere } from './elsewhere.js';
import { listenOnLoopback } from './loopback.js';
import { readLogin, saveLogin, type CryptoKeyPair } from './vault.js';

export interface SignInOptions {
  readonly issuer: string;
  readonly clientId: string;
  readonly resource: string;
  /** Where key and refresh token are kept. */
  readonly file: string;
  /** Shows the person where to sign in. */
  readonly show: (address: URL) => void;
  /** Ask her on another device instead. */
  readonly elsewhere?: Elsewhere | undefined;
}

const scope = 'openid offline_access model:read model:call';
const patience = 300_000;

/** Renews the kept login, or lets the person sign in where there is none that still works. */
export async function signIn(options: SignInOptions): Promise<Access> {
  const config = await discover(options);
  return (await renew(config, options)) ?? (await askPerson(config, options, {}));
}

/** Asks the person for what the gateway wants. The access that comes of it is new; the old one stays as it was. */
export async function stepUp(
  { config }: Access,
  options: SignInOptions,
  challenge: CallChallenge,
): Promise<Access> {
  return askPerson(
    config,
    options,
    challengeParameters(challenge, options.elsewhere ? 'backchannel' : 'authorize'),
  );
}

async function discover({ issuer, clientId, resource }: SignInOptions): Promise<client.Configuration> {
  const execute = [issuer, resource].some(isPlainAndNear) ? [client.allowInsecureRequests] : [];
  return client.discovery(new URL(issuer), clientId, undefined, client.None(), { execute });
}

/** Plain http is for development alone: on this machine, or at a name that nobody else can have (RFC 6761 §6.2). */
function isPlainAndNear(address: string): boolean {
  const { protocol, hostname } = new URL(address);
  return protocol === 'http:' && (isLoopbackHost(hostname) || isTestHost(hostname));
}

async function renew(config: client.Configuration, options: SignInOptions): Promise<Access | undefined> {
  const { issuer, resource, file } = options;
  const login = await readLogin(file, issuer, resource);
  if (!login) return undefined;
  const DPoP = client.getDPoPHandle(config, login.keyPair);
  try {
    const tokens = await client.refreshTokenGrant(config, login.refreshToken, { resource }, { DPoP });
    await saveLogin(file, { ...login, refreshToken: tokens.refresh_token ?? login.refreshToken });
    return { config, token: tokens.access_token, DPoP };
  } catch (error) {
    // Expired or revoked: the person signs in again. Anything else is not ours to hide.
    if (error instanceof client.ResponseBodyError && error.error === 'invalid_grant') return undefined;
    throw error;
  }
}

async function askPerson(
  config: client.Configuration,
  options: SignInOptions,
  parameters: Readonly<Record<string, string>>,
): Promise<Access> {
  const { issuer, resource, file, elsewhere } = options;
  const keyPair = await client.randomDPoPKeyPair('ES256', { extractable: true });
  const question = { config, keyPair, parameters: { scope, resource, ...parameters } };
  const tokens = elsewhere
    ? await askElsewhere(question, elsewhere)
    : await askInBrowser(question, options.show);
  if (tokens.refresh_token !== undefined) {
    await saveLogin(file, { issuer, resource, keyPair, refreshToken: tokens.refresh_token });
  }
  return { config, token: tokens.access_token, DPoP: client.getDPoPHandle(config, keyPair) };
}

/** What is asked of the person, and the key that alone may use her answer. */
export interface Question {
  readonly config: client.Configuration;
  readonly keyPair: CryptoKeyPair;
  readonly parameters: Readonly<Record<string, string>>;
}

async function askInBrowser(
  { config, keyPair, parameters }: Question,
  show: (address: URL) => void,
): Promise<client.TokenEndpointResponse> {
  const DPoP = client.getDPoPHandle(config, keyPair);
  const verifier = client.randomPKCECodeVerifier();
  const state = client.randomState();
  const nonce = client.randomNonce();
  const loopback = await listenOnLoopback();
  try {
    const request = {
      ...parameters,
      redirect_uri: loopback.redirectUri,
      state,
      nonce,
      code_challenge: await client.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      // OIDC Core §11: offline_access asks for the person's consent.
      prompt: 'consent',
    };
    const address = await client.buildAuthorizationUrlWithPAR(config, request, { DPoP });
    const arrival = loopback.arrival(state, patience);
    show(address);
    const checks = { pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce };
    const { resource = '' } = parameters;
    return await client.authorizationCodeGrant(config, await arrival, checks, { resource }, { DPoP });
  } finally {
    loopback.close();
  }
}
