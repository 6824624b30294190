import { z } from 'zod';

const seconds = z.number().int().positive();

/** OAuth 2.0 Token Exchange §3: what a subject token may call itself. */
export const subjectTokenTypes = ['id_token', 'jwt'] as const;

const claimRuleSchema = z
  .strictObject({
    claim: z.string().min(1).describe('Name of the claim.'),
    equals: z
      .union([z.string(), z.number(), z.boolean()])
      .optional()
      .describe('It must be exactly this; the text "true" is not the value true.'),
    one_of: z
      .array(z.union([z.string(), z.number()]))
      .min(1)
      .optional()
      .describe('It must be one of these.'),
  })
  .refine(({ equals, one_of: oneOf }) => (equals === undefined) !== (oneOf === undefined), {
    message: 'must say either equals or one_of',
  });

/** An issuer whose ID tokens our clients may exchange (RFC 8693): docs/EXCHANGE.md has an entry for each well-known one. */
export const trustedIssuerSchema = z
  .strictObject({
    issuer: z
      .url()
      .describe('Its `iss`, letter for letter. Entra: https://login.microsoftonline.com/{tenantid}/v2.0.'),
    name: z.string().min(1).max(40).describe('What people read for it on the pages of their account.'),
    tenants: z
      .array(z.uuid())
      .min(1)
      .optional()
      .describe('Required where the issuer says {tenantid}: the tenants that are trusted, by id.'),
    audiences: z
      .array(z.string().min(1))
      .default([])
      .describe('Ids that your apps have there. Every `aud` of a token must be one of them.'),
    authorized_parties: z
      .array(z.string().min(1))
      .optional()
      .describe(
        'What `azp` may say. Unset: one of audiences. Clerk session tokens: the origins of your app.',
      ),
    token_types: z
      .array(z.enum(subjectTokenTypes))
      .min(1)
      .default(['id_token'])
      .describe('What is taken: ID tokens, and with `jwt` session tokens such as those of Clerk, too.'),
    algorithms: z
      .array(z.enum(['RS256', 'PS256', 'ES256', 'ES384', 'EdDSA']))
      .min(1)
      .default(['RS256'])
      .describe('How its tokens may be signed.'),
    jwks_uri: z.url().optional().describe('Where its keys are. Unset: where its discovery document says.'),
    claims: z
      .array(claimRuleSchema)
      .default([])
      .describe('Claims that a token must have, each with equals or one_of. Google Workspace: hd.'),
    require_verified_email: z
      .boolean()
      .default(false)
      .describe('Take only tokens whose e-mail address the issuer vouches for.'),
    email_verified_claim: z
      .string()
      .min(1)
      .default('email_verified')
      .describe('The claim that is true where it vouches for the e-mail address. Entra: xms_edov.'),
    subject_claim: z
      .string()
      .min(1)
      .default('sub')
      .describe('The claim that names the person for ever, for this issuer alone. Never an e-mail address.'),
    max_age: seconds
      .max(3600)
      .default(300)
      .describe('How old a token may be, counted from its `iat`: a stolen one is worth nothing afterwards.'),
    key_in_nonce: z
      .boolean()
      .default(false)
      .describe(
        'Take a token only from the key whose thumbprint is its `nonce`: then a stolen one is worth nothing at all.',
      ),
    clients: z.array(z.string().min(1)).min(1).describe('The clients of ours that may exchange its tokens.'),
    resources: z
      .array(z.string())
      .min(1)
      .optional()
      .describe('The resources that tokens are made for. Unset: every one of resources.'),
    scope: z
      .string()
      .optional()
      .describe(
        'What you allow these clients in the name of the people, space-separated. Unset: all there is.',
      ),
    refresh_tokens: z
      .boolean()
      .default(false)
      .describe(
        'Whether the first exchange of a token also gives a refresh token to clients that may have one.',
      ),
    accounts: z
      .enum(['create', 'imported_only'])
      .default('create')
      .describe(
        'Whether somebody new gets an account, or must have been imported (holdfast account import).',
      ),
  })
  .describe('An issuer whose ID tokens our clients may exchange.');
