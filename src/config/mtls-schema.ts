import { z } from 'zod';

const file = z.string().min(1).optional();

export const tlsSchema = z
  .strictObject({
    cert: file.describe(
      'File of the certificate and its chain (PEM). With it this process serves https itself. Read again when it changes.',
    ),
    key: file.describe('File of the private key of tls.cert (PEM).'),
    local: z
      .boolean()
      .default(false)
      .describe(
        'Https for this machine alone: an authority and a certificate for localhost are made in data_dir/tls, and renewed. As holdfast serve --tls.',
      ),
  })
  .prefault({});

export const mtlsSchema = z
  .strictObject({
    certificates_from: z
      .enum(['none', 'tls', 'header'])
      .default('none')
      .describe(
        'Where client certificates (RFC 8705) come from: this process’s own TLS, or a header that a trusted proxy sets.',
      ),
    certificate_header: z
      .string()
      .regex(/^[A-Za-z0-9-]{1,64}$/, 'must be the name of a header')
      .default('Client-Cert')
      .describe('Header of the certificate. Taken from the addresses in trusted_proxies alone.'),
    certificate_format: z
      .enum(['rfc9440', 'pem', 'der', 'xfcc'])
      .default('rfc9440')
      .describe(
        'How the header writes it: RFC 9440; PEM, URL-encoded or in one line (nginx, Apache, AWS); base64 of DER (Caddy, HAProxy); Envoy’s x-forwarded-client-cert.',
      ),
    client_ca: file.describe(
      'File of the authorities (PEM) whose certificates tls_client_auth believes. Read again when it changes.',
    ),
    base_url: z
      .url()
      .optional()
      .describe('Address at which clients reach this server with certificates, for mtls_endpoint_aliases.'),
  })
  .prefault({});
