import type { X509Certificate } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Configuration, KoaContextWithOIDC, Provider } from 'oidc-provider';
import { checkCertificatePath } from '../accounts/certificate-path.js';
import type { Config } from '../config/schema.js';
import { aliasedEndpoints } from '../lib/aliased-endpoints.js';
import type { Clock } from '../lib/clock.js';
import { sha256 } from '../lib/hashing.js';
import { certificateFault, isNamed } from './client-certificate-policy.js';
import { instance } from './internals.js';
import { clientRefused } from './provider-error.js';

/** The certificate whose key the sender of a request holds, and what came along of its path. */
export type CertificateOf = (request: IncomingMessage) => Certified | undefined;

interface Certified {
  readonly leaf: X509Certificate;
  readonly issuers: readonly X509Certificate[];
}

export interface MutualTlsPorts {
  readonly config: Pick<Config, 'mtls'>;
  readonly certificateOf: CertificateOf;
  readonly clock: Clock;
  /** The roots of tls_client_auth, as they are now. */
  readonly clientAuthorities: () => readonly X509Certificate[];
}

/** Client authentication methods that RFC 8705 adds; none while nothing brings certificates. */
export function mutualTlsMethods({ mtls }: Pick<Config, 'mtls'>) {
  return mtls.certificates_from === 'none'
    ? []
    : (['tls_client_auth', 'self_signed_tls_client_auth'] as const);
}

/** RFC 8705 as oidc-provider asks for it. */
export function mutualTls(ports: MutualTlsPorts) {
  const { config, certificateOf, clock, clientAuthorities } = ports;
  if (config.mtls.certificates_from === 'none') return { enabled: false } as const;
  return {
    enabled: true,
    certificateBoundAccessTokens: true,
    selfSignedTlsClientAuth: true,
    tlsClientAuth: true,
    getCertificate: ({ req }) => validCertificate(req, ports),
    // RFC 8705 §2.1: the certificate is validated by the usual rules of a PKI, up to authorities that the operator names.
    certificateAuthorized: ({ req }) => {
      const certified = certificateOf(req);
      if (!certified) return false;
      const path = [certified.leaf, ...certified.issuers];
      return checkCertificatePath(path, clientAuthorities(), new Date(clock.now())).ok;
    },
    certificateSubjectMatches: ({ req }, property, registered) => {
      const certified = certificateOf(req);
      return certified !== undefined && isNamed(certified.leaf, property, registered);
    },
  } satisfies NonNullable<Configuration['features']>['mTLS'];
}

/** Undefined where there is none. Throws invalid_client for one that nobody could be authenticated with. */
function validCertificate(
  request: IncomingMessage,
  { certificateOf, clock }: Pick<MutualTlsPorts, 'certificateOf' | 'clock'>,
): X509Certificate | undefined {
  const leaf = certificateOf(request)?.leaf;
  const fault = leaf && certificateFault(leaf, clock.now());
  if (fault !== undefined) throw clientRefused(fault);
  return leaf;
}

interface Enabled {
  readonly enabled: boolean;
  readonly getCertificate: (ctx: KoaContextWithOIDC) => X509Certificate | undefined;
}

/** `x5t#S256` of the request's certificate (RFC 8705 §3.1), where there is one. Throws as above. */
export function presentedCertificate(provider: Provider, ctx: KoaContextWithOIDC): string | undefined {
  const { enabled, getCertificate } = instance(provider).features.mTLS as Enabled;
  const certificate = enabled ? getCertificate(ctx) : undefined;
  return certificate && thumbprintOf(certificate);
}

export function thumbprintOf({ raw }: X509Certificate): string {
  return sha256(raw).toString('base64url');
}

/** RFC 8705 §5: where clients find the endpoints that ask for certificates, if that is another host. */
export function endpointAliases({ mtls }: Pick<Config, 'mtls'>): Record<string, unknown> {
  if (mtls.base_url === undefined || mtls.certificates_from === 'none') return {};
  const { origin } = new URL(mtls.base_url);
  const endpoints = Object.entries(aliasedEndpoints).map(([name, path]) => [name, origin + path]);
  return { mtls_endpoint_aliases: Object.fromEntries(endpoints) as Record<string, string> };
}
