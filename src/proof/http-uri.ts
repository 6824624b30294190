const allowed = /^https?:\/\/(?![/?#])[A-Za-z0-9\-._~:/?#[\]@!$&'()*+,;=%]+$/i;
const unreserved = /[A-Za-z0-9\-._~]/;

/**
 * An `htu` value made comparable (RFC 3986 §6.2.2, §6.2.3): case of scheme, host and escapes, needless escapes,
 * dot segments, default port, empty path; query and fragment dropped. Undefined when it is no http(s) URI.
 */
export function normaliseHttpUri(uri: string): string | undefined {
  // The URL parser forgives backslashes, tabs and missing slashes; a proof that needs forgiving is refused.
  if (!allowed.test(uri) || /%(?![0-9A-Fa-f]{2})/.test(uri)) return undefined;
  if (!URL.canParse(uri)) return undefined;
  const url = new URL(uri);
  if (url.username !== '' || url.password !== '') return undefined;
  return url.origin + decodeNeedlessEscapes(url.pathname);
}

/**
 * The external address of a request: the configured origin and the target of the request line, never its Host.
 * Undefined for a target that is not a path (absolute form, `*`).
 * @param origin scheme, host and port, without a path
 */
export function externalUrl(origin: string, requestTarget: string): string | undefined {
  // Joined as text: resolving `//evil.example/` against a base would leave the origin.
  return requestTarget.startsWith('/') ? new URL(origin).origin + requestTarget : undefined;
}

function decodeNeedlessEscapes(path: string): string {
  return path.replace(/%([0-9A-Fa-f]{2})/g, (escape, hex: string) => {
    const character = String.fromCharCode(Number.parseInt(hex, 16));
    return unreserved.test(character) ? character : escape.toUpperCase();
  });
}
