import {
  errors,
  type ClaimsParameter,
  type ClientMetadata,
  type Configuration,
  type JWKS,
  type KoaContextWithOIDC,
  type SigningAlgorithm,
} from 'oidc-provider';
import type { AccountStore } from '../accounts/account-store.js';
import { inspectProof, proofPolicyOf } from '../binding/proof-policy.js';
import type { ClientConfig, Config } from '../config/schema.js';
import { epochSeconds, type Clock } from '../lib/clock.js';
import { deriveKey } from '../lib/hashing.js';
import { accountClient, existingGrant } from './account-client.js';
import { acrClaimProblem, supportedAcrs } from './acr-demand.js';
import type { BoundSessionStore } from './bound-session-store.js';
import { accountFinder, authenticationClaims, claimsByScope } from './claims.js';
import { clientClockAhead, judgeAssertion } from './client-assertion.js';
import { corsAllowed, isBound, ownClientMetadata, validateOwnMetadata } from './client-policy.js';
import { cookieSettings } from './cookies.js';
import { hashedSecret, isHashedSecret } from './client-secret.js';
import { deviceClaims } from './device-claims.js';
import { loginPolicy } from './login-policy.js';
import { proofAlgorithms } from '../proof/proof.js';
import { modelCallDetails } from './model-call-details.js';
import { endpointAliases, mutualTls, mutualTlsMethods, type MutualTlsPorts } from './mutual-tls.js';
import { proofRefused } from './provider-error.js';
import { remoteClientKeys } from './remote-client-keys.js';
import { refreshTokenLife } from './refresh-token-adapter.js';
import type { Resources } from './resources.js';
import { locales } from '../lib/locale.js';
import type { ApprovalStore } from '../stepup/approval-store.js';
import type { Tiers } from '../stepup/tiers.js';

export interface ConfigurationPorts {
  readonly config: Config;
  readonly tiers: Tiers;
  readonly masterKey: Uint8Array;
  readonly accounts: AccountStore;
  readonly boundSessions: Pick<BoundSessionStore, 'findOfSession'>;
  readonly approvals: Pick<ApprovalStore, 'find' | 'standing'>;
  readonly resources: Resources;
  readonly certificateOf: MutualTlsPorts['certificateOf'];
  readonly clientAuthorities: MutualTlsPorts['clientAuthorities'];
  readonly clock: Clock;
  readonly adapter: NonNullable<Configuration['adapter']>;
  readonly fetch: NonNullable<Configuration['fetch']>;
  readonly renderError: NonNullable<Configuration['renderError']>;
  readonly logoutSource: (ctx: KoaContextWithOIDC, form: string) => Promise<void> | void;
  readonly postLogoutSuccessSource: (ctx: KoaContextWithOIDC) => Promise<void> | void;
}

/** Everything that oidc-provider is told, for one set of signing keys. */
export function providerConfiguration(ports: ConfigurationPorts, jwks: JWKS): Configuration {
  const { config, masterKey } = ports;
  return {
    adapter: ports.adapter,
    jwks,
    clients: [...config.clients.map(clientMetadata), accountClient(config)],
    clientDefaults: {
      dpop_bound_access_tokens: true,
      grant_types: ['authorization_code'],
      response_types: ['code'],
    },
    clientAuthMethods: [
      'client_secret_basic',
      'client_secret_post',
      'private_key_jwt',
      'none',
      ...mutualTlsMethods(config),
    ],
    extraClientMetadata: { properties: [...ownClientMetadata], validator: validateOwnMetadata },
    clientBasedCORS: corsAllowed as never,
    cookies: cookieSettings(config.issuer, deriveKey(masterKey, 'cookies')),
    routes,
    discovery: {
      // Discovery §3: the languages of our pages.
      ui_locales_supported: [...locales],
      // Ours (docs/CALLS.md).
      call_authorization_endpoint: `${config.issuer}/calls`,
      usage_endpoint: `${config.issuer}/usage`,
      ...endpointAliases(config),
      // docs/FEED.md
      revocation_feed_endpoint: `${config.issuer}/signals/revocations`,
    },
    scopes: ['openid', 'offline_access', 'profile', 'email'],
    claims: claimsByScope,
    acrValues: supportedAcrs(config),
    responseTypes: ['code', 'none'],
    // RFC 9700 §2.1.1: PKCE for every client; S256 is all that oidc-provider knows.
    pkce: { required: () => true },
    subjectTypes: ['public'],
    enabledJWA: signingAlgorithms(config),
    clockTolerance: clientClockAhead,
    assertJwtClientAuthClaimsAndHeader: judgeAssertion(ports.clock),
    allowOmittingSingleRegisteredRedirectUri: false,
    acceptQueryParamAccessTokens: false,
    conformIdTokenClaims: true,
    findAccount: accountFinder(ports.accounts, deviceClaims(config.issuer, ports.boundSessions)),
    loadExistingGrant: existingGrant,
    extraTokenClaims: (ctx) => authenticationClaims(ctx),
    issueRefreshToken: (_ctx, client) => client.grantTypeAllowed('refresh_token') && isBound(client),
    expiresWithSession: (_ctx, token) => !token.scopes.has('offline_access'),
    revokeGrantPolicy: () => true,
    interactions: {
      policy: loginPolicy(supportedAcrs(config)),
      url: (_ctx, interaction) => `/interaction/${interaction.uid}`,
    },
    ttl: lifetimes(config, ports.clock),
    features: features(ports),
    renderError: ports.renderError,
    fetch: remoteClientKeys(ports.fetch, ports.clock),
  };
}

const routes = {
  authorization: '/authorize',
  token: '/token',
  pushed_authorization_request: '/par',
  introspection: '/introspect',
  revocation: '/revoke',
  jwks: '/jwks',
  userinfo: '/userinfo',
  end_session: '/logout',
  device_authorization: '/device',
  code_verification: '/device/verify',
  backchannel_authentication: '/backchannel',
};

/** No symmetric algorithms (we keep client secrets by digest), no `none`, nothing encrypted. */
const asymmetric: readonly SigningAlgorithm[] = ['ES256', 'RS256', 'PS256', 'EdDSA', 'Ed25519'];

function signingAlgorithms({
  key_rotation: { algorithms },
}: Config): NonNullable<Configuration['enabledJWA']> {
  return {
    idTokenSigningAlgValues: [...algorithms],
    introspectionSigningAlgValues: [...algorithms],
    clientAuthSigningAlgValues: [...asymmetric],
    dPoPSigningAlgValues: [...proofAlgorithms],
  };
}

function clientMetadata(client: ClientConfig): ClientMetadata {
  const metadata: Record<string, unknown> = { ...client };
  const secret = metadata['client_secret'];
  // The file may hold the digest instead; a presented secret is always digested, so the digest itself opens nothing.
  if (typeof secret === 'string' && !isHashedSecret(secret)) metadata['client_secret'] = hashedSecret(secret);
  // RFC 9449 §5.2, RFC 8705 §3.4: a token has one key, and a client whose certificate it is needs no proofs.
  if (metadata['tls_client_certificate_bound_access_tokens'] === true)
    metadata['dpop_bound_access_tokens'] ??= false;
  return metadata as unknown as ClientMetadata;
}

function lifetimes({ lifetimes: seconds }: Config, clock: Clock): NonNullable<Configuration['ttl']> {
  return {
    AccessToken: (_ctx, token) => token.resourceServer?.accessTokenTTL ?? seconds.userinfo_token,
    ClientCredentials: (_ctx, token) => token.resourceServer?.accessTokenTTL ?? seconds.userinfo_token,
    AuthorizationCode: seconds.authorization_code,
    RefreshToken: (_ctx, { iiat }) => refreshTokenLife(seconds, iiat, epochSeconds(clock)),
    Grant: seconds.grant,
    IdToken: seconds.id_token,
    Interaction: seconds.interaction,
    // ASVS 7.3.2: counted from the sign-in, or a stolen cookie that is used daily would never end.
    Session: (_ctx, { loginTs }) =>
      Math.max(1, seconds.session - (loginTs === undefined ? 0 : epochSeconds(clock) - loginTs)),
  };
}

const longestClaims = 4096;

/** Threat 30: `claims` is the one parameter that nests; deep enough, it would end in a stack overflow of ours. */
function checkClaims(ctx: KoaContextWithOIDC, parsed: ClaimsParameter): void {
  const { claims } = ctx.oidc.params ?? {};
  if (typeof claims === 'string' && claims.length > longestClaims) {
    throw new errors.InvalidRequest(`claims must not be longer than ${longestClaims} characters`);
  }
  const problem = acrClaimProblem(parsed as Readonly<Record<string, unknown>>);
  if (problem !== undefined) throw new errors.InvalidRequest(problem);
}

function features(ports: ConfigurationPorts): NonNullable<Configuration['features']> {
  const { config, masterKey, resources, clock } = ports;
  const policy = proofPolicyOf(config);
  return {
    devInteractions: { enabled: false },
    clientCredentials: { enabled: true },
    introspection: { enabled: true },
    jwtIntrospection: { enabled: true },
    revocation: { enabled: true },
    pushedAuthorizationRequests: { enabled: true },
    claimsParameter: { enabled: true, assertClaimsParameter: checkClaims },
    richAuthorizationRequests: modelCallDetails(ports),
    backchannelLogout: { enabled: true },
    // For client metadata and discovery. Endpoint and grant are ours, so the rest of its settings is never asked for.
    ciba: { enabled: true, deliveryModes: ['poll', 'ping'] } as never,
    rpInitiatedLogout: {
      enabled: true,
      logoutSource: ports.logoutSource,
      postLogoutSuccessSource: ports.postLogoutSuccessSource,
    },
    mTLS: mutualTls(ports),
    dPoP: {
      enabled: true,
      nonceSecret: deriveKey(masterKey, 'dpop nonce'),
      // Asked once per proof, before its signature is checked: the place for what must hold first.
      requireNonce: (ctx) => {
        const inspected = inspectProof(ctx.get('DPoP'), epochSeconds(clock), policy);
        if (!inspected.ok) throw proofRefused(inspected.refusal);
        return config.dpop.require_nonce;
      },
    },
    resourceIndicators: {
      enabled: true,
      defaultResource: (ctx, _client, oneOf) => resources.impliedBy(ctx, oneOf),
      getResourceServerInfo: (_ctx, identifier, client) => resources.infoFor(identifier, client),
      // A granted resource holds at the token endpoint though it isn't named again: never a token without `aud`.
      useGrantedResource: () => true,
    },
  };
}
