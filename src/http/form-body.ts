import type { IncomingMessage } from 'node:http';
import { harmless } from '../lib/harmless.js';
import { decodeUtf8 } from '../lib/json.js';
import { accepted, refused, type Result } from '../lib/result.js';
import { requestContext } from './request-context.js';

const mostParameters = 100;

/** The fields of an urlencoded form. Malformed encodings and fields that come twice are refused (RFC 6749 §3.1). */
export function readForm(request: IncomingMessage): Result<ReadonlyMap<string, string>> {
  const type = mediaType(request);
  if (type !== 'application/x-www-form-urlencoded') {
    return refused('request_malformed', `the body must be a form, not ${harmless(type ?? 'untyped')}`);
  }
  const text = decodeUtf8(requestContext(request).body);
  if (text === undefined || /%(?![0-9A-Fa-f]{2})/.test(text))
    return refused('request_malformed', 'not a form');
  const fields = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(text)) {
    if (fields.has(name)) return refused('parameter_duplicated', harmless(name));
    if (fields.size === mostParameters) return refused('request_malformed', 'more than 100 fields');
    fields.set(name, value);
  }
  return accepted(fields);
}

/** The media type of the body in lower case, without parameters. */
export function mediaType(request: IncomingMessage): string | undefined {
  return request.headers['content-type']?.split(';')[0]?.trim().toLowerCase();
}
