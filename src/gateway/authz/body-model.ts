import { decodeUtf8, isRecord } from '../../lib/json.js';
import { accepted, refused, type Result } from '../../lib/result.js';
import { ambiguityOf } from '../../lib/unambiguous-json.js';
import { isModelName } from './call-rule.js';

const deepest = 64;
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
  const text = decodeUtf8(bytes);
  if (text === undefined) return refused('request_malformed', 'The body is not UTF-8.');
  const ambiguity = ambiguityOf(text, deepest);
  if (ambiguity !== undefined) return refused('request_malformed', `The body ${ambiguity}.`);
  const body: unknown = JSON.parse(text);
  if (!isRecord(body)) return refused('request_malformed', 'The body is no JSON object.');
  // Go's decoder, for one, takes names in any case.
  const other = Object.keys(body).find((name) => isOther(name.toLowerCase(), name));
  if (other !== undefined)
    return refused('request_malformed', 'The body may name a model in a second place.');
  const { model } = body;
  if (typeof model !== 'string' || !isModelName(model)) {
    return refused('request_malformed', 'model: must be a string of printable ASCII.');
  }
  return accepted(model);
}

function isOther(folded: string, name: string): boolean {
  return steering.has(folded) || (folded === 'model' && name !== 'model');
}
