import type { Provider } from 'oidc-provider';
import type { BackchannelRequest } from '../stepup/backchannel-request.js';
import { instance } from './internals.js';

/** Saves what a person allowed who was asked elsewhere: a grant of its own, which no browser shares. Returns its id. */
export async function grantBackchannelConsent(
  provider: Provider,
  { accountId, clientId, scope, resource }: BackchannelRequest,
): Promise<string> {
  if (accountId === undefined) throw new Error('nobody allows anything');
  const grant = new provider.Grant({ accountId, clientId });
  const known = new Set(instance(provider).configuration.scopes);
  const scopes = scope.split(' ');
  const identity = scopes.filter((each) => known.has(each));
  const rest = scopes.filter((each) => !known.has(each));
  grant.addOIDCScope(identity.join(' '));
  if (resource !== undefined && rest.length > 0) grant.addResourceScope(resource, rest.join(' '));
  return await grant.save();
}
