import { harmless } from '../../lib/harmless.js';
import { isRecord } from '../../lib/json.js';
import {
  byReference,
  joinParts,
  noParts,
  objectsIn,
  type JsonObject,
  type Objection,
  type PartKinds,
  type Parts,
} from './request-members.js';

const chatKinds: PartKinds = {
  text: 'text',
  refusal: 'text',
  image_url: 'media',
  input_audio: 'media',
  file: 'media',
};
const responseKinds: PartKinds = {
  input_text: 'text',
  output_text: 'text',
  summary_text: 'text',
  reasoning_text: 'text',
  refusal: 'text',
  input_image: 'media',
  input_audio: 'media',
  input_file: 'media',
};
/** What runs at the client. A tool of the provider's own has a price that is not counted in tokens. */
const clientTools = new Set(['function', 'custom', 'local_shell', 'apply_patch']);
const responseItems = new Set([
  'message',
  'function_call',
  'function_call_output',
  'custom_tool_call',
  'custom_tool_call_output',
  'local_shell_call',
  'local_shell_call_output',
  'apply_patch_call',
  'apply_patch_call_output',
  'reasoning',
]);

export function chatParts({ messages }: JsonObject): Parts {
  return joinParts(objectsIn(messages).map(messageParts));
}

function messageParts({ content, audio }: JsonObject): Parts {
  // The sound of an answer of before, by its id there.
  if (audio !== undefined && audio !== null) return byReference('audio');
  return partsOf(content, chatKinds);
}

export function responseParts({ input }: JsonObject): Parts {
  return joinParts(objectsIn(input).map(itemParts));
}

function itemParts({ type = 'message', role, content, output }: JsonObject): Parts {
  if (typeof type !== 'string' || !responseItems.has(type)) return byReference(`input ${String(type)}`);
  // Without a type it is a message that says whose it is, or else an id of what the provider holds.
  if (type === 'message' && typeof role !== 'string') return byReference('input without a role');
  return joinParts([partsOf(content, responseKinds), partsOf(output, responseKinds)]);
}

function partsOf(content: unknown, kinds: PartKinds): Parts {
  return joinParts(objectsIn(content).map((part) => partOf(part, kinds)));
}

function partOf(part: JsonObject, kinds: PartKinds): Parts {
  const { type } = part;
  const kind = typeof type === 'string' && Object.hasOwn(kinds, type) ? kinds[type] : undefined;
  if (kind === undefined)
    return { media: 0, objection: `content ${harmless(String(type))}: is not passed on.` };
  if (kind === 'text') return noParts;
  const file = isRecord(part['file']) ? part['file'] : {};
  // A picture somewhere is as many tokens as a picture; a document somewhere may be a thousand pages.
  const held = part['file_id'] ?? part['file_url'] ?? file['file_id'];
  return held === undefined || held === null ? { media: 1, objection: undefined } : byReference(String(type));
}

export function toolObjection({ tools }: JsonObject): Objection {
  if (tools === undefined || tools === null) return undefined;
  if (!Array.isArray(tools)) return 'tools: must be an array.';
  const own = objectsIn(tools).find(({ type }) => typeof type !== 'string' || !clientTools.has(type));
  return own === undefined
    ? undefined
    : `tools ${harmless(String(own['type']))}: only what runs at the client is passed on.`;
}
