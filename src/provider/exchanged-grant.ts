import type { Provider } from 'oidc-provider';
import type { Account } from '../accounts/account.js';
import type { SubjectToken } from '../accounts/subject-token.js';
import type { Config } from '../config/schema.js';
import type { Clock } from '../lib/clock.js';
import type { ExchangeSource, ExchangeStore } from './exchange-store.js';
import type { TokenEndpointGrantContext } from './internals.js';
import { requestRefused } from './provider-error.js';

type Grant = InstanceType<Provider['Grant']>;

export interface GrantWish {
  readonly subject: SubjectToken;
  readonly source: ExchangeSource;
  readonly account: Account;
  readonly key: string;
  readonly resource: string;
  readonly scope: string;
  readonly use: 'first' | 'again';
}

interface Ports {
  readonly config: Pick<Config, 'lifetimes'>;
  readonly exchanges: ExchangeStore;
  readonly clock: Clock;
}

/**
 * The grant that the tokens hang on: one for each session there, client and device, so that each can end alone and the
 * person sees one app. The operator's configuration stands for her consent; she takes it back like any other.
 */
export async function exchangedGrant(
  provider: Provider,
  { config, exchanges, clock }: Ports,
  ctx: TokenEndpointGrantContext,
  { subject, source, account, key, resource, scope, use }: GrantWish,
): Promise<{ readonly grant: Grant; readonly made: boolean }> {
  const { clientId } = ctx.oidc.client;
  const life = config.lifetimes.grant * 1000;
  // One that is half over makes room for the next.
  const half = new Date(clock.now() + life / 2);
  const known = await exchanges.grantOf(source, { clientId, key, until: half });
  const living = known === undefined ? undefined : await provider.Grant.find(known);
  // What the first use made was taken back: repeating it brings nothing back.
  if (!living && use === 'again')
    throw requestRefused('subject_token_outdated', 'the subject_token was used before');
  const grant = living ?? new provider.Grant({ accountId: account.id, clientId });
  const had = grant.getResourceScope(resource).split(' ');
  if (!living || !scope.split(' ').every((each) => had.includes(each))) {
    grant.addResourceScope(resource, scope);
    await grant.save();
  }
  await exchanges.remember({
    ...source,
    grantId: grant.jti,
    accountId: account.id,
    clientId,
    key,
    issuedAt: subject.issuedAt,
    expiresAt: new Date(clock.now() + life),
  });
  return { grant, made: !living };
}
