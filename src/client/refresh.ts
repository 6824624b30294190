import type { Clock } from '../lib/clock.js';
import { ProviderRefused, ProviderUnreachable } from './client-error.js';
import type { LoginTokens, StoredLogin } from './login-store.js';
import type { Provider, ProviderAnswer } from './provider.js';
import { readTokens } from './token-response.js';

/** New tokens for the refresh token; `ended` when there is none or it is worth nothing any more. */
export async function refreshTokens(
  provider: Provider,
  { key, tokens }: StoredLogin,
  resource: string,
  clock: Clock,
): Promise<LoginTokens | 'ended'> {
  const refreshToken = tokens?.refreshToken;
  if (refreshToken === undefined) return 'ended';
  const form = { grant_type: 'refresh_token', refresh_token: refreshToken, resource };
  const ask = (): Promise<ProviderAnswer> => provider.post('token_endpoint', key, form);
  try {
    // A lost reply: within ten seconds the same key is given the same successor again, so asking at once is safe.
    const answer = await ask().catch((error: unknown) => {
      if (error instanceof ProviderUnreachable) return ask();
      throw error;
    });
    return readTokens(answer, clock, tokens);
  } catch (error) {
    // RFC 6749 §5.2: expired, revoked, or another's.
    if (error instanceof ProviderRefused && error.error === 'invalid_grant') return 'ended';
    throw error;
  }
}
