import { Provider, type JWKS, type JWK } from 'oidc-provider';
import type { Middleware } from 'koa';
import type { ReplayStore } from '../binding/replay-store.js';
import type { RevokedKeyStore } from '../binding/revoked-key-store.js';
import { proofPolicyOf } from '../binding/proof-policy.js';
import { tokenExchangeGrantType } from '../config/trusted-issuers.js';
import type { Random } from '../lib/random.js';
import { replayMemory } from '../proof/proof-window.js';
import type { Transaction } from '../lib/transaction.js';
import type { SecurityEvents } from '../observability/events.js';
import type { ApprovalStore } from '../stepup/approval-store.js';
import type { BackchannelRequestStore } from '../stepup/backchannel-request-store.js';
import type { ProviderStores } from './adapter.js';
import { backchannelGrant, backchannelGrantType } from './backchannel-grant.js';
import { codeGrant } from './code-grant.js';
import { providerConfiguration, type ConfigurationPorts } from './configuration.js';
import { exchangeGrant, type ExchangePorts } from './exchange-grant.js';
import { exchangeParameters } from './exchange-request.js';
import { instance, publishKeys } from './internals.js';
import { adaptModels } from './models.js';
import { refreshGrant } from './refresh-grant.js';
import { tellRevokedKey } from './revoked-key.js';

export interface ProviderPorts extends ConfigurationPorts {
  readonly stores: ProviderStores;
  readonly replays: ReplayStore;
  readonly revokedKeys: RevokedKeyStore;
  readonly transaction: Transaction;
  readonly events: SecurityEvents;
  readonly random: Random;
  readonly approvals: ApprovalStore;
  readonly exchange: Pick<ExchangePorts, 'trusted' | 'exchangeAccounts' | 'exchanges' | 'accountLog'>;
  readonly backchannelRequests: BackchannelRequestStore;
}

/** One set of signing keys: those that sign, and all that are published. */
export interface ProviderKeys {
  readonly signing: JWKS;
  readonly published: readonly JWK[];
}

/**
 * One oidc-provider for one set of keys. It is a Koa application; `middleware` makes ours, which run before its routes.
 * Swapped as a whole when the keys change: sessions, interactions, codes and tokens live in the stores.
 */
export function createProvider(
  ports: ProviderPorts,
  keys: ProviderKeys,
  middleware: (provider: Provider) => readonly Middleware[],
): Provider {
  const provider = new Provider(ports.config.issuer, providerConfiguration(ports, keys.signing));
  // The front strips what came from outside and says itself by which scheme and host it is reached.
  provider.proxy = true;
  publishKeys(provider, keys.published);
  adaptModels(provider, {
    accessTokens: ports.stores.accessTokens,
    replays: ports.replays,
    clock: ports.clock,
    random: ports.random,
    replayMemory: replayMemory(proofPolicyOf(ports.config)),
  });
  replaceGrants(provider, ports);
  for (const each of middleware(provider)) provider.use(each);
  return provider;
}

function replaceGrants(provider: Provider, ports: ProviderPorts): void {
  const stockCodeGrant = instance(provider).grantTypeHandlers.get('authorization_code');
  if (!stockCodeGrant) throw new Error('oidc-provider has no authorization_code grant');
  const grantPorts = { ...ports, grants: ports.stores.grants, refreshTokens: ports.stores.refreshTokens };
  provider.registerGrantType(
    'authorization_code',
    codeGrant(provider, stockCodeGrant, grantPorts),
    ['code', 'code_verifier', 'redirect_uri', 'resource', 'authorization_details'],
    ['resource'],
  );
  provider.registerGrantType(
    'refresh_token',
    refreshGrant(provider, grantPorts),
    ['refresh_token', 'scope', 'resource', 'authorization_details'],
    ['resource'],
  );
  provider.registerGrantType(backchannelGrantType, backchannelGrant(provider, ports), ['auth_req_id'], []);
  // Discovery lists it, and clients may have it, only where there is somebody to be trusted.
  if (ports.config.trusted_issuers.length > 0) {
    const handler = exchangeGrant(provider, { ...ports, ...ports.exchange });
    provider.registerGrantType(
      tokenExchangeGrantType,
      handler,
      [...exchangeParameters],
      ['resource', 'audience'],
    );
  }
  const { grantTypeHandlers } = instance(provider);
  for (const [type, handler] of grantTypeHandlers) {
    grantTypeHandlers.set(type, tellRevokedKey(provider, handler, ports.revokedKeys));
  }
}
