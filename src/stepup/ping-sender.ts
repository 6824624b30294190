import type { NoticeSender, PingNotice } from './notice.js';

/**
 * Tells a client that its request has an answer, by a fetch that connects to no private address and follows no
 * redirect (threat 29).
 */
export function pingSender(fetch: typeof globalThis.fetch): NoticeSender<PingNotice> {
  return async ({ endpoint, token, authReqId }, signal) => {
    // CIBA §10.2: a POST of JSON with auth_req_id, the client's own token as Bearer.
    const response = await fetch(endpoint, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ auth_req_id: authReqId }),
      signal,
    });
    await response.body?.cancel();
    // CIBA §10.2: 204 or 200 is success; a redirect must not be followed.
    if (response.ok) return 'sent';
    if (response.status === 408 || response.status === 429 || response.status >= 500) {
      throw new Error(`the client answered ${response.status}`);
    }
    return 'gone';
  };
}
