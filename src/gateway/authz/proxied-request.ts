import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import { accepted, refused, type Result } from '../../lib/result.js';

/** The request that a proxy asks about, as the proxy tells it. */
export interface ProxiedRequest {
  readonly method: string;
  /** Path and query as the client sent them. */
  readonly target: string;
  /** Whom the proxy was called by. */
  readonly callerAddress?: string;
  /** What the operator wrote into the address that the proxy asks at. */
  readonly rule: string;
}

/** Every field of a name, unjoined. */
export function fieldsOf({ rawHeaders }: IncomingMessage, name: string): readonly string[] {
  return rawHeaders.filter((_, index) => index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === name);
}

/**
 * The one field of a name, which the proxy sets. Of two, one is the client's: then the proxy is not set up to remove it,
 * and nobody knows which is which.
 */
export function fieldOf(request: IncomingMessage, name: string): Result<string> {
  const [field, ...more] = fieldsOf(request, name);
  if (field === undefined || field === '') return refused('proxy_misconfigured', `the proxy sets no ${name}`);
  if (more.length > 0) return refused('proxy_misconfigured', `${name} came more than once`);
  return accepted(field);
}

const methodShape = /^[A-Z]{1,20}$/;
/** Empty and dot segments, also where some cut parameters off (`..;a`), and what some take for a slash, or for the end. */
const odd = /\/\.{0,2}(?=[/;])|\/\.{1,2}$|[\\#\s]/;
/** What needs no escape (RFC 3986 §2.3), or means something to whoever decodes before he looks. */
const neverEscaped = /[\w.~\-/\\?#;%]/;

function readsTwoWays(path: string): boolean {
  const escapes = path.split('%').slice(1);
  return (
    odd.test(path) ||
    escapes.some((text) => {
      const [escaped] = /^[\da-f]{2}/i.exec(text) ?? [];
      const code = Number.parseInt(escaped ?? '', 16);
      return !(code >= 0x20) || code === 0x7f || neverEscaped.test(String.fromCharCode(code));
    })
  );
}

/**
 * A target that proxy, provider and upstream read alike. The proxy chose its rule by its own reading of the path; where the upstream
 * may read another path, the rule would be that of another model.
 */
export function readTarget(
  method: string,
  target: string,
): Result<Pick<ProxiedRequest, 'method' | 'target'>> {
  if (!methodShape.test(method)) return refused('request_malformed', 'the method is none');
  const [path = ''] = target.split('?');
  if (!path.startsWith('/') || readsTwoWays(path)) {
    return refused('request_malformed', 'the path can be read in more than one way');
  }
  return accepted({ method, target });
}

/** The last address of a list like X-Forwarded-For: the one that the proxy added itself. Left out where that is none. */
export function lastAddress(fields: readonly string[]): Pick<ProxiedRequest, 'callerAddress'> {
  const callerAddress = fields.join(',').split(',').at(-1)?.trim() ?? '';
  return isIP(callerAddress) === 0 ? {} : { callerAddress };
}
