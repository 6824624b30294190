import { type Acr, acrLadder } from '../accounts/authentication.js';
import { instance } from './internals.js';
import type { Provider } from './provider-route.js';

/** What this provider says in discovery that logins can reach, weakest first. */
export function offeredAcrs(provider: Provider): Acr[] {
  const offered = new Set(instance(provider).configuration.acrValues);
  return acrLadder.filter((acr) => offered.has(acr));
}
