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
  unknownMember,
  type JsonObject,
  type Objection,
  type Parts,
} from './request-members.js';

const members = new Set(
  'contents systemInstruction tools toolConfig safetySettings generationConfig labels'.split(' '),
);
const embedMembers = new Set('content taskType title outputDimensionality'.split(' '));
const generationMembers = new Set(
  (
    'temperature topP topK maxOutputTokens candidateCount stopSequences seed presencePenalty frequencyPenalty ' +
    'responseMimeType responseSchema responseJsonSchema responseLogprobs logprobs thinkingConfig responseModalities'
  ).split(' '),
);
const partMembers = new Set(
  'text inlineData functionCall functionResponse thought thoughtSignature mediaResolution'.split(' '),
);
/** Google's JSON takes each name in two spellings; here all are of one, so nobody finds a second one. */
const sampled = /_([a-z0-9])/g;

export const geminiMeter: MeterShape = {
  usageOf: ({ usageMetadata }) => said(usageMetadata),
  textOf: ({ candidates }) =>
    objectsIn(candidates)
      .flatMap(({ content }) => objectsIn(isRecord(content) ? content['parts'] : undefined))
      .map(({ text }) => (typeof text === 'string' ? text : ''))
      .join(''),
};

const address = /^\/v1(?:beta)?\/((?:models|tunedModels)\/(?!\.)[\w.-]{1,200}):(\w+)$/;
const call = (name: string, read: (asked: AskedCall) => Result<ModelRequest>) =>
  ({
    method: 'POST',
    path: new RegExp(address.source.replace('(\\w+)', name)),
    query: { alt: /^(sse|json)$/ },
    call: { read, meter: geminiMeter },
  }) as const;

/** What generativelanguage.googleapis.com speaks. The model is in the path. */
export const geminiStyle: ApiStyle = {
  endpoints: [
    call('generateContent', (asked) => readGenerate(asked, false)),
    call('streamGenerateContent', (asked) => readGenerate(asked, true)),
    call('embedContent', readEmbed),
    {
      method: 'GET',
      path: /^\/v1(beta)?\/models$/,
      query: { pageSize: /^\d{1,4}$/, pageToken: /^[\w.=-]{1,512}$/ },
    },
    { method: 'GET', path: /^\/v1(beta)?\/models\/(?!\.)[\w.-]{1,200}$/ },
  ],
  credentials: (key) => ({ 'x-goog-api-key': key }),
  passedFields: [],
};

function modelOf(path: string): string {
  return (address.exec(path)?.[1] ?? '').replace(/^models\//, '');
}

function readGenerate(
  { body, path, defaultTokens, moreMembers }: AskedCall,
  streams: boolean,
): Result<ModelRequest> {
  const spelled = inOneSpelling(body);
  if (!spelled.ok) return spelled;
  const asked = spelled.value;
  const parts = joinParts(
    [...objectsIn(asked['contents']), ...objectsIn(asked['systemInstruction'])].map(contentParts),
  );
  const generation = isRecord(asked['generationConfig']) ? asked['generationConfig'] : {};
  const config = inOneSpelling(generation);
  if (!config.ok) return config;
  const fine = objection(
    unknownMember(asked, members, moreMembers) ??
      unknownMember(config.value, generationMembers, moreMembers) ??
      modalityObjection(config.value) ??
      toolObjection(asked) ??
      parts.objection,
  );
  if (!fine.ok) return fine;
  const [named, candidates] = [
    readCount(config.value, 'maxOutputTokens'),
    readCount(config.value, 'candidateCount'),
  ];
  if (!named.ok) return named;
  if (!candidates.ok) return candidates;
  const model = modelOf(path);
  const most = named.value ?? defaultTokens(model);
  const generationConfig = { ...config.value, ...(most !== undefined && { maxOutputTokens: most }) };
  return accepted({
    model,
    body: { ...asked, generationConfig },
    outputTokens: most === undefined ? undefined : most * (candidates.value ?? 1),
    mediaParts: parts.media,
    streams,
  });
}

function readEmbed({ body, path, moreMembers }: AskedCall): Result<ModelRequest> {
  const spelled = inOneSpelling(body);
  if (!spelled.ok) return spelled;
  // The model of the path is the one; the body names it once more.
  const { model: _, ...asked } = spelled.value;
  const parts = joinParts(objectsIn(asked['content']).map(contentParts));
  const fine = objection(unknownMember(asked, embedMembers, moreMembers) ?? parts.objection);
  if (!fine.ok) return fine;
  return accepted({
    model: modelOf(path),
    body: asked,
    outputTokens: 0,
    mediaParts: parts.media,
    streams: false,
  });
}

function inOneSpelling(body: JsonObject): Result<JsonObject> {
  const spelled = new Map<string, unknown>();
  for (const [name, value] of Object.entries(body)) {
    const one = name.replace(sampled, (_, letter: string) => letter.toUpperCase());
    if (spelled.has(one)) return refused('request_malformed', `${harmless(name)}: stands there twice.`);
    spelled.set(one, value);
  }
  return accepted(Object.fromEntries(spelled));
}

function contentParts({ parts }: JsonObject): Parts {
  return joinParts(objectsIn(parts).map(partOf));
}

function partOf(part: JsonObject): Parts {
  const spelled = inOneSpelling(part);
  if (!spelled.ok) return byReference('part');
  const unknown = Object.keys(spelled.value).find((name) => !partMembers.has(name));
  if (unknown !== undefined) return byReference(unknown);
  const { inlineData, functionResponse } = spelled.value;
  // What a tool answered may have pictures and documents of its own.
  const answered = isRecord(functionResponse) ? contentParts(functionResponse) : noParts;
  return joinParts([inlineData === undefined ? noParts : { media: 1, objection: undefined }, answered]);
}

function toolObjection({ tools }: JsonObject): Objection {
  const own = objectsIn(tools)
    .flatMap((tool) => Object.keys(tool))
    .find((name) => name !== 'functionDeclarations' && name !== 'function_declarations');
  return own === undefined ? undefined : `tools ${harmless(own)}: only what runs at the client is passed on.`;
}

/** Pictures and speech have prices of their own. */
function modalityObjection({ responseModalities: asked }: JsonObject): Objection {
  const other = [asked ?? []].flat().find((each) => each !== 'TEXT');
  return other === undefined ? undefined : 'responseModalities: only TEXT is passed on.';
}

function said(usage: unknown): UsageSaid | undefined {
  if (!isRecord(usage)) return undefined;
  const input = ['promptTokenCount', 'toolUsePromptTokenCount'];
  const output = ['candidatesTokenCount', 'thoughtsTokenCount'];
  return { ...countIn(usage, 'inputTokens', input), ...countIn(usage, 'outputTokens', output) };
}
