import { AccountEventLog } from '../accounts/account-event-log.js';
import { ExchangeAccountService } from '../accounts/exchange-account-service.js';
import { IssuerKeys } from '../accounts/issuer-keys.js';
import type { TrustedTokenPorts } from '../accounts/subject-token-check.js';
import type { Storage } from '../storage/storage.js';
import type { Observed } from './observed.js';
import type { AppOptions } from './options.js';

/** Exchanging tokens of trusted issuers. Made once: it remembers the issuers' keys. */
export function openExchange(
  storage: Storage,
  { config, clock, random }: AppOptions,
  { events, circumstances }: Pick<Observed, 'events' | 'circumstances'>,
  { fetch }: { readonly fetch: typeof globalThis.fetch },
) {
  const keys = new IssuerKeys({ fetch, clock });
  const trusted: TrustedTokenPorts = { issuers: config.trusted_issuers, keys, clock };
  const log = new AccountEventLog({ ...storage, circumstances, clock, random });
  return {
    trusted,
    accountLog: log,
    exchanges: storage.exchanges,
    exchangeAccounts: new ExchangeAccountService({
      accounts: storage.accounts,
      identities: storage.upstreamIdentities,
      log,
      events,
      clock,
      random,
    }),
  };
}
