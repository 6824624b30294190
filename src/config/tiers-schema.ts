import { z } from 'zod';
import { enforcementSettings } from './enforcement-schema.js';

const id = /^[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?$/;
const glob = /^[A-Za-z0-9*?._:/@+-]{1,128}$/;
const dollars = /^(0|[1-9][0-9]{0,9})(?:\.[0-9]{1,6})?$/;

/** accounts/authentication.ts has the ladder; a test compares the two. */
const acrs = ['urn:holdfast:acr:basic', 'urn:holdfast:acr:phr', 'urn:holdfast:acr:phrh'] as const;

/** One tier of models and what a call to them demands. */
export const tierSchema = z
  .strictObject({
    id: z
      .string()
      .regex(id, 'must be of a-z, 0-9 and -, 32 characters at most')
      .describe('Short name, as in authorization_details.'),
    title: z.string().min(1).max(40).describe('What people read: “Up to $2.00 on TITLE”.'),
    models: z
      .array(z.string().regex(glob, 'must be of letters, digits, * ? . _ : / @ + -'))
      .min(1, 'must name a model')
      .describe('Globs of model ids (* any text, ? one character), compared without regard to case.'),
    acr: z.enum(acrs).optional().describe('The least strength of the login. Unset: any.'),
    max_age: z
      .number()
      .int()
      .min(30)
      .optional()
      .describe('The greatest age of the login, in seconds. Unset: any.'),
    approval: z
      .enum(['none', 'session', 'budget', 'call'])
      .default('none')
      .describe(
        'What the person must have approved: nothing, calls for a time, calls up to an amount, or each call.',
      ),
    approval_lifetime: z
      .number()
      .int()
      .min(30)
      .max(86_400)
      .default(300)
      .describe('How long an approval lasts at the most, in seconds.'),
    budget: z
      .string()
      .regex(dollars, 'must be dollars like "2.00"')
      .optional()
      .describe('With approval budget: the amount to ask for, and the most that one approval may allow.'),
    client_credentials: z
      .boolean()
      .default(false)
      .describe(
        'Whether a client acting for itself (no person, so no login and no approval) may call these.',
      ),
    devices: z
      .number()
      .int()
      .min(1)
      .max(1000)
      .optional()
      .describe('How many devices of one account may call these within 24 hours. Unset: any number.'),
    ...enforcementSettings,
  })
  .describe('A tier of models and what calls to them demand.');

export type TierConfig = z.output<typeof tierSchema>;

/** Listed from the cheapest to the dearest: a model that several tiers name belongs to the last of them. */
export const defaultTiers = [
  { id: 'standard', title: 'Standard', models: ['*'], client_credentials: true },
  {
    id: 'premium',
    title: 'Premium',
    models: ['*-large', 'premium/*'],
    acr: 'urn:holdfast:acr:phr',
    max_age: 3600,
  },
  {
    id: 'frontier',
    title: 'Frontier',
    models: ['*-frontier', 'frontier/*'],
    acr: 'urn:holdfast:acr:phr',
    max_age: 300,
    approval: 'budget',
    budget: '2.00',
  },
] satisfies z.input<typeof tierSchema>[];
