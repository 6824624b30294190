import { z } from 'zod';

const address = z.string().max(254);

export const mailSchema = z
  .strictObject({
    host: z
      .string()
      .optional()
      .describe(
        'SMTP server that takes our mails. Unset: in development they are printed and kept in data_dir/mail; in ' +
          'production the steps that need a mail are off.',
      ),
    port: z.number().int().min(1).max(65_535).default(587).describe('Its port; 465 with tls: required.'),
    tls: z
      .enum(['required', 'starttls', 'dangerously_none'])
      .default('starttls')
      .describe(
        'required: TLS from the first byte. starttls: no mail without it. dangerously_none: codes travel in clear; ' +
          'in production only to a server on this machine.',
      ),
    user: z.string().optional().describe('User name at the server, if it wants one.'),
    password: z.string().optional().describe('Its password. Best given as HOLDFAST_MAIL_PASSWORD.'),
    from: address.optional().describe('Our address; the name before it is brand.name. Needed with host.'),
    reply_to: address.optional().describe('Where answers go. Unset: to from.'),
  })
  .prefault({});
