/**
 * The policy of every page: no inline script or style, no frame around it, nothing from elsewhere.
 *
 * Chromium holds `form-action` against each redirect that follows a form post, so a page whose form ends at the
 * client must name where the client wants the person back.
 * @param formTargets sources beside 'self', made by `formTarget`
 */
export function contentSecurityPolicy(formTargets: readonly string[] = []): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "connect-src 'self'",
    ['form-action', "'self'", ...formTargets].join(' '),
    "frame-ancestors 'none'",
    "base-uri 'none'",
  ].join('; ');
}

/**
 * The source expression that lets a form's redirects reach `uri`: its origin; its scheme for an app's own scheme and
 * for IPv6 addresses, which the grammar of sources doesn't know (CSP3 §2.3.1). Undefined when it is no URI.
 */
export function formTarget(uri: string): string | undefined {
  if (!URL.canParse(uri)) return undefined;
  const url = new URL(uri);
  const web = url.protocol === 'https:' || url.protocol === 'http:';
  if (web && !url.hostname.startsWith('[')) return url.origin;
  return url.protocol;
}
