import { harmless } from '../../lib/harmless.js';
import { isRecord } from '../../lib/json.js';
import { accepted, refused, type Result } from '../../lib/result.js';
import type { ApiStyle, AskedCall, MeterShape, ModelRequest, UsageSaid } from './api-style.js';
import { countIn } from './counts.js';
import {
  byReference,
  joinParts,
  noParts,
  objection,
  objectsIn,
  readCount,
  readFlag,
  readModel,
  unknownMember,
  type JsonObject,
  type Objection,
  type Parts,
} from './request-members.js';

const members: ReadonlySet<string> = new Set(
  (
    'model messages max_tokens stream system temperature top_p top_k stop_sequences tools tool_choice thinking metadata ' +
    'output_config output_format'
  ).split(' '),
);
const texts = new Set(['text', 'thinking', 'redacted_thinking', 'tool_use', 'search_result']);
/** What is written to the cache for an hour costs twice what input costs. */
const cacheFactor = 2;

export const anthropicMeter: MeterShape = {
  usageOf: ({ usage, message }) => said(isRecord(message) ? message['usage'] : usage),
  textOf: ({ delta }) => {
    if (!isRecord(delta)) return '';
    const { text, thinking, partial_json: json } = delta;
    return [text, thinking, json].filter((each) => typeof each === 'string').join('');
  },
};

/** What api.anthropic.com speaks. */
export const anthropicStyle: ApiStyle = {
  endpoints: [
    {
      method: 'POST',
      path: '/v1/messages',
      // Its own packages ask for their beta API so.
      query: { beta: /^true$/ },
      call: { read: readMessages, meter: anthropicMeter },
    },
    {
      method: 'GET',
      path: '/v1/models',
      query: { limit: /^\d{1,4}$/, after_id: /^[\w.:-]{1,256}$/, before_id: /^[\w.:-]{1,256}$/ },
    },
    { method: 'GET', path: /^\/v1\/models\/(?!\.)[\w.:-]{1,256}$/ },
  ],
  credentials: (key) => ({ 'x-api-key': key }),
  passedFields: ['anthropic-version'],
};

function readMessages({ body, moreMembers }: AskedCall): Result<ModelRequest> {
  const model = readModel(body);
  if (!model.ok) return model;
  const parts = joinParts([
    ...objectsIn(body['messages']).map(({ content }) => partsOf(content)),
    partsOf(body['system']),
  ]);
  const fine = objection(unknownMember(body, members, moreMembers) ?? toolObjection(body) ?? parts.objection);
  if (!fine.ok) return fine;
  const streams = readFlag(body, 'stream');
  if (!streams.ok) return streams;
  const most = readCount(body, 'max_tokens');
  if (!most.ok) return most;
  if (most.value === undefined) return refused('request_malformed', 'max_tokens: is required.');
  return accepted({
    model: model.value,
    body,
    outputTokens: most.value,
    mediaParts: parts.media,
    inputFactor: cacheFactor,
    streams: streams.value,
  });
}

function partsOf(content: unknown): Parts {
  return joinParts(objectsIn(content).map(partOf));
}

function partOf({ type, source, content }: JsonObject): Parts {
  if (typeof type === 'string' && texts.has(type)) return noParts;
  if (type === 'tool_result') return partsOf(content);
  if (type !== 'image' && type !== 'document') {
    return { media: 0, objection: `content ${harmless(String(type))}: is not passed on.` };
  }
  const kind = isRecord(source) ? source['type'] : undefined;
  const here =
    kind === 'base64' || kind === 'text' || kind === 'content' || (kind === 'url' && type === 'image');
  if (!here) return byReference(`${type} by ${String(kind)}`);
  const inside = isRecord(source) ? partsOf(source['content']) : noParts;
  return joinParts([{ media: 1, objection: undefined }, inside]);
}

function toolObjection({ tools }: JsonObject): Objection {
  // What the provider runs has a price of its own; what the client runs has no type, or this one.
  const own = objectsIn(tools).find(({ type = 'custom' }) => !isClientTool(type));
  return own === undefined
    ? undefined
    : `tools ${harmless(String(own['type']))}: only what runs at the client is passed on.`;
}

/** Bash, editor, computer and memory have a schema of the provider's, and run at the client. */
function isClientTool(type: unknown): boolean {
  return (
    type === null ||
    (typeof type === 'string' && /^(custom|(bash|text_editor|computer|memory)_\d{8})$/.test(type))
  );
}

function said(usage: unknown): UsageSaid | undefined {
  if (!isRecord(usage)) return undefined;
  const input = ['input_tokens', 'cache_creation_input_tokens', 'cache_read_input_tokens'];
  return { ...countIn(usage, 'inputTokens', input), ...countIn(usage, 'outputTokens', ['output_tokens']) };
}
