import { z } from 'zod';
import { attemptLimits } from './attempt-limits-schema.js';

/** What one address, client or account may ask of a node. */
export const limitsSchema = z
  .strictObject({
    body_bytes: z
      .number()
      .int()
      .positive()
      .max(57_344)
      .default(57_344)
      .describe('Longest request body in bytes; a longer one gets 413.'),
    proof_bytes: z.number().int().positive().default(4096).describe('Longest DPoP proof in bytes.'),
    jti_characters: z.number().int().positive().default(128).describe('Longest `jti` of a proof.'),
    requests_per_minute_per_address: z
      .number()
      .int()
      .positive()
      .default(12_000)
      .describe('All requests of one client address (IPv6: of its /64) except introspection.'),
    interactions_per_minute_per_address: z
      .number()
      .int()
      .positive()
      .default(600)
      .describe('Sign-ins that one client address may begin.'),
    introspections_per_minute_per_client: z
      .number()
      .int()
      .positive()
      .default(600_000)
      .describe(
        'Introspections of one resource server, and from one address before it is known whose they are.',
      ),
    feed_connections_per_client: z
      .number()
      .int()
      .positive()
      .default(64)
      .describe('Connections to the revocation feed that one resource server may have at one node.'),
    ...attemptLimits,
  })
  .prefault({});
