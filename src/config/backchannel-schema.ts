import { z } from 'zod';

const seconds = z.number().int().positive();

/** Requests to people on another device (CIBA). */
export const backchannelSchema = z
  .strictObject({
    lifetime: seconds
      .max(600)
      .default(300)
      .describe('How long a request to a person on another device waits for her answer, at the most (CIBA).'),
    interval: seconds.max(60).default(5).describe('Seconds between two polls of a client.'),
    block: seconds
      .default(86_400)
      .describe(
        'How long a client may not ask a person again who said that she did not ask for its request, in seconds.',
      ),
    public_clients: z
      .array(z.string())
      .default([])
      .describe(
        'Public clients (without a secret) that may ask people on another device; others are refused.',
      ),
  })
  .prefault({});
