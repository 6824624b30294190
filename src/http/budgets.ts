import type { Refusal } from '../lib/refusal.js';
import type { Budget, RateLimiter } from './rate-limit.js';
import { routedPath } from './routes.js';

type Limited = readonly [budget: Budget, setting: string];

const ofAll: readonly Limited[] = [['requests', 'limits.requests_per_minute_per_address']];
const ofCalls: readonly Limited[] = [['introspections', 'limits.introspections_per_minute_per_client']];
const ofSignIns: readonly Limited[] = [
  ...ofAll,
  ['interactions', 'limits.interactions_per_minute_per_address'],
];
const byPath: ReadonlyMap<string, readonly Limited[]> = new Map([
  ['/introspect', ofCalls],
  ['/calls', ofCalls],
  ['/authorize', ofSignIns],
]);

/**
 * Takes a request from the budgets of its address, however its path is spelled; a refusal names the limit that was reached.
 * Introspection and call authorization have a budget of their own: a gateway asks for many people from one address. Their
 * routes take from the same budget once more by client, when the client is authenticated.
 */
export function spendBudgets(limiter: RateLimiter, path: string, clientAddress: string): Refusal | undefined {
  for (const [budget, limit] of byPath.get(path) ?? byPath.get(routedPath(path)) ?? ofAll) {
    const retryAfter = limiter.take(budget, clientAddress);
    if (retryAfter === undefined) continue;
    // Chromium ends a session whose refresh is answered 429, and keeps it at 503.
    const code = routedPath(path) === '/dbsc/refresh' ? 'session_refresh_busy' : 'rate_limited';
    return { code, detail: `the budget of ${clientAddress} is spent`, limit, retryAfter };
  }
  return undefined;
}
