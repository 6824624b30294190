import { z } from 'zod';
import { callAnswersSchema, callAnswerSchema, errorSchema, introspectionSchema } from './answer-schemas.js';
import { callBatchSchema, callSchema } from './call-request.js';
import { usageAnswerSchema, usageRequestSchema } from './usage-request.js';

type Json = Readonly<Record<string, unknown>>;

/** Beside the members of the request itself. */
const clientAuthentication = {
  client_id: { type: 'string' },
  client_assertion: { type: 'string' },
  client_assertion_type: { type: 'string', const: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer' },
} as const;

const retryAfter = { 'Retry-After': { description: 'In seconds.', schema: { type: 'integer' } } };
const feedParameters = [
  {
    name: 'Last-Event-ID',
    in: 'header',
    description: 'The last id that was heard: what came since is told first.',
    schema: { type: 'string' },
  },
  { name: 'client_id', in: 'query', description: 'With a certificate alone.', schema: { type: 'string' } },
];

const token = z.string().min(1).describe('An access token.');
const hint = z.string().optional().describe('Not needed: a wrong one hides nothing.');
const tokenForm = z.looseObject({ token, token_type_hint: hint });

const introspectionJwt = z.string().describe('RFC 9701: asked for by Accept.');
const events = z.string().describe('Server-sent events: hello, revoked, reset, alive, lost (docs/FEED.md).');

/**
 * The endpoints for resource servers as OpenAPI 3.1: requests by the very schemas that validate them, answers by those that
 * the tests hold real answers against.
 */
export function openApiDocument(): Json {
  return {
    openapi: '3.1.1',
    info: {
      title: 'Holdfast for resource servers',
      version: '2',
      description:
        'Find the addresses by discovery. What it all means: docs/CALLS.md, docs/USAGE.md, docs/FEED.md. A client without ' +
        'Basic credentials names itself in the body: client_assertion and client_assertion_type (RFC 7523), or with a ' +
        'certificate client_id (RFC 8705).',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '{issuer}', variables: { issuer: { default: 'https://login.example' } } }],
    security: [{ basic: [] }, { mutualTls: [] }, {}],
    paths: {
      '/calls': {
        post: operation('authorizeCalls', 'May these calls be served?', {
          request: { 'application/json': z.union([callSchema, callBatchSchema]) },
          answer: { 'application/json': z.union([callAnswerSchema, callAnswersSchema]) },
        }),
      },
      '/introspect': {
        post: operation('introspect', 'What is known of a token (RFC 7662)', {
          request: { 'application/x-www-form-urlencoded': tokenForm },
          answer: {
            'application/json': introspectionSchema,
            'application/token-introspection+jwt': introspectionJwt,
          },
        }),
      },
      '/revoke': {
        post: operation(
          'revoke',
          'Ends a token of the client that asks (RFC 7009); 200 and nothing else for any other',
          {
            request: { 'application/x-www-form-urlencoded': tokenForm },
          },
        ),
      },
      '/usage': {
        post: operation('reportUsage', 'What became of calls', {
          request: { 'application/json': usageRequestSchema },
          answer: { 'application/json': usageAnswerSchema },
        }),
      },
      '/signals/revocations': {
        get: {
          ...operation('hearRevocations', 'What was revoked, as it happens', {
            answer: { 'text/event-stream': events },
          }),
          parameters: feedParameters,
        },
      },
    },
    components: {
      securitySchemes: {
        basic: {
          type: 'http',
          scheme: 'basic',
          description: 'Form-encoded client_id and client_secret (RFC 6749 §2.3.1).',
        },
        mutualTls: { type: 'mutualTLS', description: 'RFC 8705.' },
      },
      schemas: { Error: jsonSchema(errorSchema) },
    },
  };
}

type Contents = Readonly<Record<string, z.ZodType>>;

function operation(
  operationId: string,
  summary: string,
  { request, answer }: { readonly request?: Contents; readonly answer?: Contents },
): Json {
  return {
    operationId,
    summary,
    ...(request && { requestBody: { required: true, content: contentOf(request, admitClient) } }),
    responses: {
      '200': { description: 'Never to be cached.', ...(answer && { content: contentOf(answer) }) },
      '400': refusal('The request is wrong: yours to mend.'),
      '401': refusal('The client authentication failed.'),
      '429': { ...refusal('A limit was reached: Retry-After says for how long.'), headers: retryAfter },
      '503': { ...refusal('Busy: nobody gets in; Retry-After says when to come back.'), headers: retryAfter },
    },
  };
}

function refusal(description: string): Json {
  return { description, content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } } };
}

function contentOf(contents: Contents, change = (schema: Json): Json => schema): Json {
  return Object.fromEntries(
    Object.entries(contents).map(([type, schema]) => [type, { schema: change(jsonSchema(schema)) }]),
  );
}

/** The routes take what authenticates the client out of the body before the rest is validated. */
function admitClient(schema: Json): Json {
  const { anyOf, properties } = schema;
  if (Array.isArray(anyOf)) return { ...schema, anyOf: anyOf.map((each: Json) => admitClient(each)) };
  return { ...schema, properties: { ...(properties as Json), ...clientAuthentication } };
}

function jsonSchema(schema: z.ZodType): Json {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io: 'input', reused: 'inline' });
  return rest;
}
