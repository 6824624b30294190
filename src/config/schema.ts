import { z } from 'zod';
import { introspectionSchema } from './introspection-schema.js';
import { limitsSchema } from './limits-schema.js';
import { mailSchema } from './mail-schema.js';
import { resourceSchema } from './resource-schema.js';
import { backchannelSchema } from './backchannel-schema.js';
import { mtlsSchema, tlsSchema } from './mtls-schema.js';
import type { TrustedIssuerConfig } from './trusted-issuers.js';
import { trustedIssuerSchema } from './trusted-issuers-schema.js';
import { devicesSchema } from './devices-schema.js';
import { sessionsSchema } from './sessions-schema.js';
import { webhookSchema, type WebhookConfig } from './webhooks.js';
import { defaultTiers, tierSchema } from './tiers-schema.js';

/*
 * The configuration: what a YAML file may say, in snake_case, with its defaults and its documentation.
 * docs/CONFIG.md is generated from this file.
 */
const colour = z.string().regex(/^#[0-9a-f]{6}$/i, 'must be a colour like #0b6e69');
const price = z.number().int().min(0).max(1_000_000);
const seconds = z.number().int().positive();

export const clientSchema = z
  .looseObject({ client_id: z.string().min(1).max(256) })
  .describe('Client metadata (RFC 7591).');

/** accounts/authentication.ts has the ladder; a test compares the two. */
const acrs = ['urn:holdfast:acr:basic', 'urn:holdfast:acr:phr', 'urn:holdfast:acr:phrh'] as const;

export const upstreamProviderSchema = z
  .strictObject({
    id: z
      .string()
      .regex(/^[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?$/, 'must be of a-z, 0-9 and -, 32 characters at most')
      .describe(
        'Short name in addresses: the redirect URI to register there is ISSUER/upstream/ID/callback.',
      ),
    name: z.string().min(1).max(40).describe('What the button calls it: “Continue with NAME”.'),
    issuer: z.url().describe('Its issuer, letter for letter as its own metadata says it.'),
    client_id: z.string().min(1).describe('Who we are there.'),
    client_secret: z.string().min(1).optional().describe('Our secret there; never logged.'),
    client_secret_variable: z
      .string()
      .min(1)
      .optional()
      .describe('Name of the environment variable that holds the secret, in place of client_secret.'),
    scope: z
      .string()
      .default('openid email profile')
      .describe('Space-separated scopes that we ask for; openid must be one.'),
    acr: z
      .enum(acrs)
      .default('urn:holdfast:acr:basic')
      .describe('Strength of its logins. Above the weakest only where its own acr is one of acr_values.'),
    acr_values: z
      .string()
      .min(1)
      .optional()
      .describe(
        'Space-separated acr values of its own that we ask for; it proves each login’s in the ID token.',
      ),
    email_verified_claim: z
      .string()
      .min(1)
      .default('email_verified')
      .describe('The claim that is true where it vouches for the e-mail address. Entra: xms_edov.'),
  })
  .describe('An OpenID provider whose accounts people may log in with.');

export const configSchema = z.strictObject({
  issuer: z
    .url()
    .optional()
    .describe('Public base URL. Default: http://localhost:PORT; https with tls.local.'),
  environment: z.enum(['development', 'test', 'production']).default('development').describe('NODE_ENV.'),
  host: z.string().default('127.0.0.1').describe('Address to listen on.'),
  port: z
    .number()
    .int()
    .min(0)
    .max(65535)
    .default(6180)
    .describe('Port to listen on; issuer, gateway and management port follow it unless set.'),
  management_port: z
    .number()
    .int()
    .min(0)
    .max(65535)
    .optional()
    .describe('/metrics, /healthz, /readyz. Default: port + 2.'),
  database_url: z.string().optional().describe('postgres://…; unset: embedded database in data_dir.'),
  data_dir: z.string().default('./data').describe('Folder of the embedded database and of the secret key.'),
  secret_key: z
    .string()
    .optional()
    .describe('Master key, base64url of 32 bytes. Required with database_url; else made in data_dir.'),
  rp_id: z.string().optional().describe('WebAuthn RP ID. Default: host of the issuer. Fixed at first start.'),
  related_origins: z
    .array(z.string())
    .default([])
    .describe(
      'Other https origins whose pages may ask browsers for passkeys of rp_id (/.well-known/webauthn). They never sign in here.',
    ),
  brand: z
    .strictObject({
      name: z.string().max(60).default('Holdfast').describe('What the pages call this service.'),
      logo: z
        .string()
        .min(1)
        .optional()
        .describe('A picture in place of our mark: file of an SVG or PNG, or its data: URI; 64 kB at most.'),
      accent: z
        .strictObject({
          light: colour
            .default('#0b6e69')
            .describe('Links and the button to go on, on light ground (4.5:1).'),
          dark: colour.default('#55c2b6').describe('The same on dark ground: seldom the same colour.'),
        })
        .prefault({}),
      support: z
        .string()
        .optional()
        .describe('Where people find help: an e-mail address or an https address, shown on error pages.'),
    })
    .prefault({}),
  clients: z
    .array(clientSchema)
    .default([])
    .describe('Client metadata (RFC 7591). These clients are read-only for the holdfast command.'),
  resources: z.array(resourceSchema).default([]).describe('The model APIs that take our tokens.'),
  upstream_providers: z
    .array(upstreamProviderSchema)
    .default([])
    .describe('OpenID providers whose accounts people may log in with (docs/runbooks/upstream-login.md).'),
  trusted_issuers: z
    .array(trustedIssuerSchema)
    .default([])
    .describe('Issuers whose ID tokens our clients may exchange for bound tokens (docs/EXCHANGE.md).'),
  lifetimes: z
    .strictObject({
      authorization_code: seconds.max(60).default(60).describe('Authorization code (FAPI 2.0: at most 60).'),
      interaction: seconds.default(3600).describe('A sign-in that was begun.'),
      session: seconds.default(86_400).describe('Login session in the browser, from the sign-in on.'),
      session_idle: seconds
        .default(3600)
        .describe('Login session that nobody uses: its cookie is worthless from then on (ASVS 7.3.1).'),
      refresh_token: seconds.default(14 * 86_400).describe('Refresh token, from its first issue on.'),
      grant: seconds.default(14 * 86_400).describe('What a person granted to a client.'),
      userinfo_token: seconds.default(300).describe('Access token that is good for userinfo alone.'),
      id_token: seconds.default(300).describe('ID token.'),
    })
    .prefault({}),
  sessions: sessionsSchema,
  devices: devicesSchema,
  dpop: z
    .strictObject({
      require_nonce: z.boolean().default(true).describe('Demand a server nonce in every proof.'),
      window_past: seconds.max(300).default(300).describe('How old a proof may be, in seconds.'),
      window_future: seconds
        .max(59)
        .default(10)
        .describe('How far ahead of our clock a proof may be, in seconds.'),
    })
    .prefault({}),
  limits: limitsSchema,
  introspection: introspectionSchema,
  accounts: z
    .strictObject({
      email_at_sign_up: z
        .enum(['required', 'optional'])
        .default('required')
        .describe(
          'Whether a sign-up needs an e-mail address, proven by a code. Where no mail can be sent (production without mail), a sign-up asks for none.',
        ),
      mail_code_lifetime: seconds
        .min(60)
        .max(600)
        .default(600)
        .describe('A code that was mailed (NIST SP 800-63B-4: at most ten minutes).'),
      new_passkey_hold: z
        .number()
        .int()
        .min(0)
        .default(86_400)
        .describe(
          'How long an added passkey signs in without strength and confirms nothing, in seconds; in production at least an hour.',
        ),
      recovery_hold: seconds
        .default(86_400)
        .describe(
          'After a recovery: how long paid tiers and passkeys that it added stay without strength; in production at least an hour.',
        ),
      undo_lifetime: seconds
        .default(72 * 3600)
        .describe(
          'How long a recovery can be undone by its link; passkeys that came in since confirm no change until then.',
        ),
    })
    .prefault({}),
  mail: mailSchema,
  trusted_proxies: z
    .array(z.string())
    .default([])
    .describe('Addresses or CIDR ranges whose X-Forwarded-For is believed.'),
  tls: tlsSchema,
  mtls: mtlsSchema,
  example_gateway: z
    .strictObject({
      enabled: z.boolean().default(true).describe('Whether npm start also starts the example gateway.'),
      port: z.number().int().min(0).max(65535).optional().describe('Default: port + 1.'),
      upstream: z.url().optional().describe('OpenAI-compatible base URL. Unset: the built-in echo model.'),
      upstream_key: z.string().optional().describe('Key of the upstream; sent to it alone, never logged.'),
      upstream_price: z
        .strictObject({
          input: price.default(15).describe('Micro-dollars for a token that goes in.'),
          output: price.default(75).describe('Micro-dollars for a token that comes out.'),
        })
        .prefault({})
        .describe('What no model of the upstream exceeds; the highest cost of a call is counted by it.'),
    })
    .prefault({}),
  log_level: z
    .enum(['debug', 'info', 'warn', 'error', 'silent'])
    .default('info')
    .describe('Least severity that is logged.'),
  key_rotation: z
    .strictObject({
      algorithms: z
        .array(z.enum(['ES256', 'RS256', 'EdDSA']))
        .refine((all) => all.includes('ES256') && all.includes('RS256'), 'must name ES256 and RS256')
        .default(['ES256', 'RS256'])
        .describe(
          'Kinds of signing keys: ES256 and RS256, which clients expect by default, and EdDSA where wanted.',
        ),
      publish_before_use: seconds
        .default(86_400)
        .describe('A new key is in the JWKS so long before it signs.'),
      retire_after: seconds
        .min(3600)
        .default(30 * 86_400)
        .describe('A replaced public key stays in the JWKS so long.'),
      rotate_every: seconds.default(90 * 86_400).describe('How long a key signs, in seconds.'),
      poll: seconds.default(15).describe('How often a node looks for changed keys.'),
    })
    .prefault({}),
  dangerously_allow_test_login: z
    .boolean()
    .default(false)
    .describe(
      'Anyone signs in as anyone, for tests. Only on a loopback or .test issuer, never in production.',
    ),
  dangerously_allow_private_network_fetch: z
    .boolean()
    .default(false)
    .describe(
      'Fetches jwks_uri, backchannel_logout_uri and upstream providers also from loopback and private addresses. Never in production.',
    ),
  dangerously_allow_embedded_in_production: z
    .boolean()
    .default(false)
    .describe('Production on the embedded database: one node, no standby.'),
  tiers: z
    .array(tierSchema)
    .prefault(defaultTiers)
    .describe(
      'Tiers of models, cheapest first; a model that several name belongs to the last. Read again when the file changes.',
    ),
  approvals: z
    .strictObject({
      retention: seconds
        .default(400 * 86_400)
        .describe('How long an approval and the evidence of it are kept, in seconds.'),
    })
    .prefault({}),
  backchannel: backchannelSchema,
  webhooks: z.array(webhookSchema).default([]).describe('Endpoints of yours that hear of revocations.'),
  attestation: z
    .strictObject({
      metadata: z
        .string()
        .optional()
        .describe(
          'File of the FIDO metadata (MDS3 BLOB) that hardware keys are checked against; unset: no phrh.',
        ),
      root: z
        .string()
        .optional()
        .describe(
          'File with the certificate (PEM) of who signs the metadata; unset: the FIDO Alliance’s own.',
        ),
    })
    .prefault({}),
  prices: z.unknown().optional().describe('Reserved for a later version; no effect yet.'),
  caps: z.unknown().optional().describe('Reserved for a later version; no effect yet.'),
  trial: z.unknown().optional().describe('Reserved for a later version; no effect yet.'),
  risk: z.unknown().optional().describe('Reserved for a later version; no effect yet.'),
});

export type ConfigFile = z.input<typeof configSchema>;
type Parsed = z.output<typeof configSchema>;
export type ResourceConfig = z.output<typeof resourceSchema>;
export type ClientConfig = z.output<typeof clientSchema>;

export interface UpstreamProviderConfig extends Omit<
  z.output<typeof upstreamProviderSchema>,
  'client_secret' | 'client_secret_variable'
> {
  /** From the file, or from the variable that it names; empty when neither has one. */
  readonly client_secret: string;
}

/** A frozen snapshot with every default filled in; what the rest of Holdfast sees. */
export interface Config extends Omit<
  Parsed,
  'issuer' | 'management_port' | 'rp_id' | 'upstream_providers' | 'webhooks' | 'trusted_issuers'
> {
  /** Without a trailing slash. */
  readonly issuer: string;
  readonly management_port: number;
  readonly rp_id: string;
  readonly gateway_port: number;
  readonly upstream_providers: readonly UpstreamProviderConfig[];
  readonly webhooks: readonly WebhookConfig[];
  /** Each tenant of an issuer's template is an issuer of its own. */
  readonly trusted_issuers: readonly TrustedIssuerConfig[];
}
