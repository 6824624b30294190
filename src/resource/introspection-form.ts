import type { IncomingMessage } from 'node:http';

const formTypes: ReadonlySet<string | undefined> = new Set([
  'application/x-www-form-urlencoded',
  'application/x-www-form-urlencoded; charset=utf-8',
  'application/x-www-form-urlencoded;charset=utf-8',
  'application/x-www-form-urlencoded;charset=UTF-8',
]);

/** Nothing here is changed by decoding, and nothing but these two parameters is there. */
const plain = /^(?:token_type_hint=[a-z_]*&)?token=([\w.~-]+)(?:&token_type_hint=[a-z_]*)?$/;
const twice = /^token_type_hint=.*&token_type_hint=/;

/**
 * The token of an introspection as nearly everybody asks for it; undefined for whatever needs a real parser, CORS,
 * another answer than JSON, or words.
 */
export function readPlainIntrospection(request: IncomingMessage, body: Buffer): string | undefined {
  const { headers, url } = request;
  if (url !== '/introspect' || headers.origin !== undefined || !formTypes.has(headers['content-type'])) {
    return undefined;
  }
  if (!wantsJson(headers.accept)) return undefined;
  const text = body.toString('latin1');
  const token = plain.exec(text)?.[1];
  return twice.test(text) ? undefined : token;
}

/**
 * RFC 9701 §4: the signed answer is asked for by Accept. Without its name and without weights, JSON is what the header
 * prefers or what is sent for want of anything better.
 */
function wantsJson(accept: string | undefined): boolean {
  return accept === undefined || !/;|introspection/i.test(accept);
}
