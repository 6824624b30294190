import { accepted, refused, type Result } from '../../lib/result.js';
import { readJson } from '../model-call.js';
import { isModelName } from './call-rule.js';

/** Members by which some upstreams are told of another model, or where to look for one. */
const steering = new Set(
  'models model_id model_name modelid engine deployment deployment_id fallback fallbacks route provider extra_body'.split(
    ' ',
  ),
);

/**
 * The model that a body names. The upstream gets these very bytes from the proxy and reads them by itself, so a body is
 * refused that two readers could take for calls of two models (threat 16).
 */
export function readBodyModel(bytes: Uint8Array): Result<string> {
  const body = readJson(bytes);
  if (!body.ok) return body;
  if (Object.keys(body.value).some((name) => steering.has(name.toLowerCase()))) {
    return refused('request_malformed', 'The body may name a model in a second place.');
  }
  const { model } = body.value;
  if (typeof model !== 'string' || !isModelName(model)) {
    return refused('request_malformed', 'model: must be a string of printable ASCII.');
  }
  return accepted(model);
}
