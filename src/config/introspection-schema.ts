import { z } from 'zod';

export const introspectionSchema = z
  .strictObject({
    kept_answers: z
      .number()
      .int()
      .min(0)
      .max(1_000_000)
      .default(20_000)
      .describe(
        'Answers that each node may keep, of about 1 kB each; 0: none. A kept one is given only once the database has said that its token’s row stands and nothing it hangs on was revoked since.',
      ),
    waiting: z
      .number()
      .int()
      .positive()
      .default(4096)
      .describe('Lookups that may wait for the database on each node; the next one gets 503 at once.'),
  })
  .prefault({});
