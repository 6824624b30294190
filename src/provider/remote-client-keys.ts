import type { Configuration } from 'oidc-provider';
import { clientKeysProblem } from '../config/client-keys.js';
import type { Clock } from '../lib/clock.js';

type ProviderFetch = NonNullable<Configuration['fetch']>;

/** Milliseconds for which an address that failed is left alone. */
const rest = 30_000;
/** Seconds for which fetched keys are kept at the most: a client that takes a stolen key out is heard by then. */
const longestKept = 300;

/**
 * The fetch of `jwks_uri`. oidc-provider asks again whenever a `kid` is unknown, and after a failure at once: anybody
 * could have us call a stranger's server as often as we are called (threat 28). And it takes keys of any cost (threat 30).
 */
export function remoteClientKeys(fetch: ProviderFetch, clock: Clock): ProviderFetch {
  const failedAt = new Map<string, number>();

  async function fetchKeys(address: string, options: Parameters<ProviderFetch>[1]): Promise<Response> {
    const response = await fetch(address, options);
    const text = await response.text();
    if (response.status === 200) {
      const problem = clientKeysProblem(JSON.parse(text));
      if (problem !== undefined) throw new Error(`${address}: ${problem}`);
    }
    return new Response(text, { status: response.status, headers: { 'cache-control': keptFor(response) } });
  }

  return (async (url: string | URL, options: Parameters<ProviderFetch>[1]) => {
    if (options?.method !== 'GET') return fetch(url, options);
    const address = String(url);
    const failed = failedAt.get(address);
    if (failed !== undefined && clock.now() - failed < rest) {
      throw new Error(`${address} failed less than ${rest / 1000} s ago`);
    }
    try {
      const response = await fetchKeys(address, options);
      failedAt.delete(address);
      return response;
    } catch (error) {
      failedAt.set(address, clock.now());
      throw error;
    }
  }) as ProviderFetch;
}

function keptFor(response: Response): string {
  const [, seconds = '0'] = /max-age=(\d+)/.exec(response.headers.get('cache-control') ?? '') ?? [];
  return `max-age=${Math.min(Number(seconds), longestKept)}`;
}
