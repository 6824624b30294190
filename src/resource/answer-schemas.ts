import { z } from 'zod';

/* What resource servers are answered, for docs/openapi.json; a test holds real answers against it. */

const money = z.strictObject({ currency: z.string(), amount: z.string() });

const grantedCallSchema = z.looseObject({
  type: z.literal('model_call'),
  approval_id: z.string(),
  locations: z.array(z.string()),
  tier: z.string(),
  expires_at: z.int(),
});

const activeSchema = z.strictObject({
  active: z.literal(true),
  iss: z.string(),
  client_id: z.string(),
  scope: z.string().optional(),
  sub: z.string().optional(),
  aud: z.string().optional(),
  exp: z.int(),
  iat: z.int(),
  jti: z.string().optional(),
  token_type: z.enum(['DPoP', 'Bearer']).optional(),
  cnf: z
    .union([z.strictObject({ jkt: z.string() }), z.strictObject({ 'x5t#S256': z.string() })])
    .optional()
    .describe('RFC 9449 §6.2, RFC 8705 §3.2: the key or the certificate that the token is bound to.'),
  acr: z.string().optional(),
  amr: z.array(z.string()).optional(),
  auth_time: z.int().optional(),
  authorization_details: z.array(grantedCallSchema).optional(),
});

export const introspectionSchema = z
  .union([activeSchema, z.strictObject({ active: z.literal(false) })])
  .describe('RFC 7662 §2.2. Nothing more is said of a token that is not active, whatever the reason.');

const callFacts = {
  call_id: z.string().regex(/^call_[0-9A-Za-z]{22}$/),
  introspection: introspectionSchema,
  dpop_nonce: z
    .string()
    .optional()
    .describe('To be set as DPoP-Nonce on the answer that the client gets (RFC 9449 §8.2).'),
};

const demandSchema = z.strictObject({
  type: z.literal('model_call'),
  tier: z.string(),
  spend_limit: money.optional(),
  count: z.int().optional(),
  expires_in: z.int(),
  locations: z.tuple([z.string()]),
});

const allowedSchema = z
  .strictObject({
    decision: z.literal('allow'),
    ...callFacts,
    approval_id: z.string().optional().describe('The approval that was spent for the call.'),
    would_refuse: z
      .strictObject({ code: z.string(), decision: z.enum(['challenge', 'deny']), status: z.int() })
      .optional()
      .describe(
        'It passes for now; whoever enforces would refuse it so. Tell the client by Holdfast-Would-Refuse.',
      ),
    legacy: z
      .strictObject({ sub: z.string(), scope: z.string(), exp: z.int() })
      .optional()
      .describe('A bearer credential of before was presented: whose it is, and when it ends at the latest.'),
  })
  .describe('Serve the call.');

const refusedSchema = z
  .strictObject({
    decision: z.enum(['challenge', 'deny']),
    ...callFacts,
    code: z.string().describe('For your log: docs/ERRORS.md.'),
    status: z.int(),
    www_authenticate: z.string(),
    body: z.strictObject({
      error: z.string(),
      error_description: z.string(),
      acr_values: z.string().optional(),
      max_age: z.int().optional(),
      authorization_details: z.array(demandSchema).optional(),
      held_until: z.int().optional(),
    }),
  })
  .describe('Answer the client with status, www_authenticate and body as they are.');

export const callAnswerSchema = z.union([allowedSchema, refusedSchema]);

const malformedSchema = z
  .strictObject({ error: z.literal('invalid_request'), error_description: z.string() })
  .describe('You have asked this one wrongly; nothing was used up for it.');

export const callAnswersSchema = z
  .strictObject({ calls: z.array(z.union([callAnswerSchema, malformedSchema])) })
  .describe('In the order of the questions.');

/** RFC 6749 §5.2, with the id under which the log has the whole story. */
export const errorSchema = z.looseObject({
  error: z.string(),
  error_description: z.string().optional(),
  request_id: z.string().optional(),
});
