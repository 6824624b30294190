import { sameBytes, sha256 } from '../../../lib/hashing.js';
import type { LocalRefusal } from './local-refusal.js';

/** What stands at the door of the proxy, as Node gives its headers. */
export interface Caller {
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly target: string;
}

export interface Door {
  /** The names that this address has, with the port; undefined on a socket in the file system. */
  readonly hosts: ReadonlySet<string> | undefined;
  readonly secretDigest: Uint8Array;
}

/** Where SDKs put an API key. */
const keyHeaders = ['x-api-key', 'api-key', 'x-goog-api-key'];

/** Why the caller isn't let in; undefined when she is. Every program of this machine can knock, every web page too. */
export function refusalAtTheDoor(
  { headers, target }: Caller,
  { hosts, secretDigest }: Door,
): LocalRefusal | undefined {
  // DNS rebinding: a page's own name may lead here, but its browser still says that name.
  if (hosts && !hosts.has(String(headers['host']).toLowerCase())) {
    return {
      status: 421,
      code: 'host_unknown',
      message: 'This proxy is called by its loopback address alone.',
    };
  }
  // Fetch §3.2 and Fetch Metadata: a browser can't be kept from sending these, and no program sends them.
  if (headers['origin'] !== undefined || headers['sec-fetch-site'] !== undefined) {
    return { status: 403, code: 'web_page', message: 'This proxy serves programs, not web pages.' };
  }
  const given = presentedKey(headers);
  if (given === undefined || !sameBytes(sha256(given), secretDigest)) {
    return {
      status: 401,
      code: 'invalid_api_key',
      message: 'The API key is the secret that this proxy printed at its start.',
    };
  }
  // RFC 9112 §3.2.2: the absolute form would name another server.
  if (!target.startsWith('/') || target.startsWith('//')) {
    return { status: 400, code: 'bad_target', message: 'This proxy leads to one resource.' };
  }
  return undefined;
}

function presentedKey(headers: Caller['headers']): string | undefined {
  const { authorization } = headers;
  const bearer = typeof authorization === 'string' ? /^bearer +(\S+)$/i.exec(authorization)?.[1] : undefined;
  if (bearer !== undefined) return bearer;
  const key = keyHeaders.map((name) => headers[name]).find((value) => value !== undefined);
  return typeof key === 'string' ? key : undefined;
}
