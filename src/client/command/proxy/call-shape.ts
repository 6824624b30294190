import { isRecord, parseJson } from '../../../lib/json.js';

/** How an answer may be kept alive before it is there: comments of a stream, white space before JSON, or not at all. */
export type Filler = 'event-stream' | 'json' | 'nothing';

/** Endpoints whose answers are JSON whatever they were asked; of others white space could be content. */
const jsonEndpoints =
  /\/(?:chat\/completions|completions|responses|embeddings|moderations|images\/generations|messages)$/;

export function fillerFor(method: string | undefined, path: string, body: Uint8Array): Filler {
  if (method !== 'POST' || !jsonEndpoints.test(path)) return 'nothing';
  const asked = parseJson(body);
  if (!isRecord(asked)) return 'nothing';
  return asked['stream'] === true ? 'event-stream' : 'json';
}
