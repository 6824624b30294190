import type { IncomingMessage } from 'node:http';
import { harmless } from '../lib/harmless.js';
import { accepted, refused, type Result } from '../lib/result.js';
import { decodeUtf8, mediaType } from './form-body.js';
import { requestContext } from './request-context.js';

/** The body as parsed JSON, whatever it is; its shape is for the caller to check. */
export function readJson(request: IncomingMessage): Result<unknown> {
  const type = mediaType(request);
  if (type !== 'application/json') {
    return refused(
      'request_malformed',
      `the body must be application/json, not ${harmless(type ?? 'untyped')}`,
    );
  }
  const text = decodeUtf8(requestContext(request).body);
  if (text === undefined) return refused('request_malformed', 'the body is not UTF-8');
  try {
    return accepted(JSON.parse(text) as unknown);
  } catch {
    return refused('request_malformed', 'the body is not JSON');
  }
}
