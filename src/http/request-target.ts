import type { IncomingMessage } from 'node:http';
import { accepted, refused, type Result } from '../lib/result.js';

export const methods: readonly string[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];

const longestTarget = 8192;
/** Nothing in it is decoded. */
const plainPath = /^\/[\w/.-]*$/;

/** Refuses methods that nothing here takes, and targets that are no path of ours or that routers read differently. */
export function inspectTarget({ method = '', url = '' }: IncomingMessage): Result<void> {
  if (!methods.includes(method)) return refused('method_not_allowed', method.slice(0, 20));
  if (url.length > longestTarget) return refused('request_malformed', 'the URL is longer than 8 kB');
  // RFC 9112 §3.2: a server takes the origin form; the absolute form names a host, and ours is pinned.
  if (!url.startsWith('/') || url.startsWith('//')) return refused('request_malformed', 'not a path');
  if (plainPath.test(url)) return accepted(undefined);
  const [path = ''] = url.split('?', 1);
  try {
    const decoded = decodeURIComponent(path);
    // oxlint-disable-next-line no-control-regex -- control characters are what this refuses
    if (/[\u0000-\u001f\u007f\\]/.test(decoded))
      return refused('request_malformed', 'control characters in the path');
  } catch {
    return refused('request_malformed', 'the path is not percent-encoded UTF-8');
  }
  return accepted(undefined);
}
