import type { IncomingMessage } from 'node:http';
import { harmless } from '../lib/harmless.js';
import { parseJson } from '../lib/json.js';
import { accepted, refused, type Result } from '../lib/result.js';
import { mediaType } from './form-body.js';
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
  const json = parseJson(requestContext(request).body);
  return json === undefined ? refused('request_malformed', 'the body is not JSON in UTF-8') : accepted(json);
}
