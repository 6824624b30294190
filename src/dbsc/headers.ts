/* The header fields of DBSC §9.1 to §9.5, and how Chromium writes them. */

/** The session of another site whose key a new session is to share (DBSC §3.3). */
export interface SharedKey {
  /** Thumbprint (RFC 7638) of the provider's key. */
  readonly key: string;
  readonly sessionId: string;
  /** The provider's origin. */
  readonly url: string;
}

export interface RegistrationOffer {
  /** The registration endpoint. */
  readonly path: string;
  /** What the browser signs. Without it, Chromium does not register at all. */
  readonly challenge: string;
  /** What the browser gives back in its proof. */
  readonly authorization?: string;
  readonly provider?: SharedKey;
}

/** `Secure-Session-Registration`: the browser is to make a key. Never offers `none`. */
export function registrationHeader({ path, challenge, authorization, provider }: RegistrationOffer): string {
  const parameters = {
    path,
    challenge,
    authorization,
    provider_key: provider?.key,
    provider_session_id: provider?.sessionId,
    provider_url: provider?.url,
  };
  const given = Object.entries(parameters).flatMap(([name, value]) =>
    value === undefined ? [] : [`;${name}=${quoted(value)}`],
  );
  return `(ES256 RS256)${given.join('')}`;
}

/** `Secure-Session-Challenge`: what the next proof of the session answers. */
export function challengeHeader(challenge: string, sessionId: string): string {
  return `${quoted(challenge)};id=${quoted(sessionId)}`;
}

/** `Sec-Secure-Session-Id`: no page can set it, so it says that the browser itself asks. */
export function readSessionId(header: string | undefined): string | undefined {
  if (header === undefined || header.length > longest) return undefined;
  const bare = /^[\w.~-]+$/.exec(header)?.[0];
  const text = /^"((?:[ !#-[\]-~]|\\["\\])*)"(?:;|$)/.exec(header)?.[1];
  return bare ?? text?.replace(/\\(.)/g, '$1');
}

/** Why a browser sends a request without the bound cookie that it should have. */
export interface Skipped {
  readonly reason: 'unreachable' | 'server_error' | 'quota_exceeded';
  readonly sessionId: string;
}

const skipped = /(unreachable|server_error|quota_exceeded);\s*session_identifier="([\w.~-]+)"/;

/** `Secure-Session-Skipped`: any page can send it, so it explains something and proves nothing. */
export function readSkipped(header: string | undefined): Skipped | undefined {
  if (header === undefined || header.length > longest) return undefined;
  const [, reason, sessionId] = skipped.exec(header) ?? [];
  return reason === undefined || sessionId === undefined
    ? undefined
    : { reason: reason as Skipped['reason'], sessionId };
}

const longest = 1024;

/** RFC 9651 §4.1.6: printable ASCII, quotes and backslashes escaped. */
function quoted(text: string): string {
  if (!/^[ -~]*$/.test(text)) throw new TypeError('a header of DBSC carries printable ASCII only');
  return `"${text.replace(/["\\]/g, '\\$&')}"`;
}
