import { z } from 'zod';

export const devicesSchema = z
  .strictObject({
    per_account: z
      .number()
      .int()
      .min(1)
      .max(1000)
      .default(50)
      .describe('Devices of one person; with one more, the longest unseen is cut off.'),
  })
  .prefault({});
