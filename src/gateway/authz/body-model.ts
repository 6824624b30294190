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
 * Whether the query may name a model: to some upstreams that is the one, whatever body or place say (threat 16). Read as the
 * laxest reader would: names in any case, as `model[]`, and parted by a semicolon.
 */
export function queryMayNameModel(target: string): boolean {
  const [, query = ''] = target.split(/\?(.*)/s);
  const names = [...new URLSearchParams(query.replaceAll(';', '&')).keys()];
  return names.some((name) => {
    const [plain = ''] = name.trim().toLowerCase().split('[');
    return plain === 'model' || steering.has(plain);
  });
}

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
