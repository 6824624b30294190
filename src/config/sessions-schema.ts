import { z } from 'zod';

const seconds = z.number().int().positive();

export const sessionsSchema = z
  .strictObject({
    unbound: seconds
      .default(3600)
      .describe(
        'Login session that no device holds (no https, or a browser without Device Bound Session Credentials), from the sign-in on, in seconds; where a device holds it, lifetimes.session counts.',
      ),
    bound_cookie: seconds
      .max(3600)
      .default(600)
      .describe(
        'For how long a stolen cookie of a bound session may be of use: its device proves itself anew in good time before. Browsers sign six times in nine minutes at the most, so less than 300 is refused in production.',
      ),
    device_proof: seconds
      .max(3600)
      .default(120)
      .describe(
        'How fresh the device’s proof must be for a change that matters and an approval, in seconds.',
      ),
    suspicion: z
      .enum(['record', 'step_up', 'end'])
      .default('step_up')
      .describe(
        'When a bound session’s cookie comes from another country and another browser than its device’s last proof: `record` tells it and no more, `step_up` asks the device for a proof first, `end` also ends the session of whoever goes on for half a minute without one.',
      ),
  })
  .prefault({});
