import { z } from 'zod';
import { bearerSchema, enforcementSettings } from './enforcement-schema.js';

export const resourceSchema = z
  .strictObject({
    identifier: z.url().describe('The resource indicator (RFC 8707): an absolute URI without fragment.'),
    format: z.enum(['opaque', 'jwt']).default('opaque').describe('Access token format.'),
    lifetime: z
      .number()
      .int()
      .positive()
      .max(3600)
      .default(300)
      .describe('Life of an access token in seconds.'),
    scope: z.string().default('').describe('Space-separated scopes that exist at this resource.'),
    origins: z
      .array(z.url())
      .default([])
      .describe(
        'Further origins (https://host) under which clients reach it, beside that of the identifier; proofs may name no others.',
      ),
    resource_servers: z
      .array(z.string())
      .default([])
      .describe('client_ids that may introspect tokens of this resource.'),
    ...enforcementSettings,
    dangerously_allow_bearer: bearerSchema.optional(),
  })
  .describe('A model API that takes our tokens.');
