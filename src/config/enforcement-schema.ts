import { z } from 'zod';

const dollars = /^(0|[1-9][0-9]{0,9})(?:\.[0-9]{1,6})?$/;
const amount = z.string().regex(dollars, 'must be dollars like "2.00"');
const day = z.iso.date('must be a day like 2027-01-31');

/** Of a resource, and of a tier. */
export const enforcementSettings = {
  enforcement: z
    .enum(['enforce', 'observe'])
    .default('enforce')
    .describe(
      'observe: calls that would be refused for their login or approval pass until observe_until, and are told (docs/runbooks/move-from-bearer.md).',
    ),
  observe_until: day
    .optional()
    .describe(
      'With observe: the day (UTC) at whose beginning it enforces by itself, at most 90 days ahead, as in 2027-01-31.',
    ),
};

export const bearerSchema = z
  .strictObject({
    tier: z.string().describe('The cheapest tier, the first of the list; it must demand nothing.'),
    cap_per_credential: amount.describe('The most that one credential may cost in a day (UTC), in dollars.'),
    cap_in_all: amount.describe('The most that all of them together may cost in a day (UTC), in dollars.'),
    until: day.describe('The day (UTC) at whose beginning all of them end, at most 90 days ahead.'),
  })
  .describe(
    'Bearer credentials of before may call the cheapest tier, under caps (docs/runbooks/move-from-bearer.md).',
  );

export type BearerConfig = z.output<typeof bearerSchema>;
