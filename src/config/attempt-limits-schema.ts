import { z } from 'zod';

const count = z.number().int().positive();

/** Of the section `limits`: what slows down whoever guesses codes or has mails sent. */
export const attemptLimits = {
  code_tries: count
    .default(5)
    .describe(
      'Wrong mail codes or recovery codes from one network at one account before it must wait; each further one doubles the wait.',
    ),
  code_tries_per_network: count
    .default(50)
    .describe('The same from one network (IPv6: a /64) at all accounts.'),
  code_tries_per_account: count
    .default(100)
    .describe(
      'The same at one account from all networks (NIST SP 800-63B-4 §3.2.2); browsers that the account knows are not slowed by it.',
    ),
  code_longest_wait: z
    .number()
    .int()
    .min(10)
    .max(86_400)
    .default(900)
    .describe('The longest wait between two tries, in seconds. It begins with 10.'),
  backchannel_per_minute_per_client: count
    .default(120)
    .describe(
      'Requests to people elsewhere (CIBA) that one client may send through one node; a public client from one network.',
    ),
  backchannel_per_hour_per_person: count
    .default(20)
    .describe(
      'Requests (CIBA) that all clients together may send to one person without her approval; then they wait.',
    ),
  backchannel_per_hour_per_network: count
    .default(10)
    .describe('The same by public clients from one network, to anybody.'),
  mails_per_hour_per_recipient: count
    .default(5)
    .describe('Mails with a code to one address that one network may ask for; more are silently not sent.'),
  mails_per_hour_per_recipient_from_all: count
    .default(20)
    .describe('The same from all networks, but for browsers that the account knows.'),
  mails_per_hour_per_network: count
    .default(100)
    .describe('Mails with a code to any address that one network may ask for.'),
};
