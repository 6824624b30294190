import type { X509Certificate } from 'node:crypto';
import { isSubject } from './distinguished-name.js';

const clientAuthentication = '1.3.6.1.5.5.7.3.2';
const anyPurpose = '2.5.29.37.0';

/** Why a certificate is none to authenticate a client with, whoever issued it; undefined where it is one. */
export function certificateFault(leaf: X509Certificate, now: number): string | undefined {
  // RFC 5280 §4.1.2.5: the time during which the issuer vouches for it.
  if (now < Date.parse(leaf.validFrom)) return 'the client certificate is not valid yet';
  if (now > Date.parse(leaf.validTo)) return 'the client certificate has expired';
  // RFC 5280 §4.2.1.12: where purposes are listed, it MUST be used for one of them only. Node calls them keyUsage.
  const purposes = leaf.keyUsage as readonly string[] | undefined;
  if (purposes && !purposes.includes(clientAuthentication) && !purposes.includes(anyPurpose)) {
    return 'the client certificate is not for client authentication (extended key usage)';
  }
  return undefined;
}

export type SubjectProperty =
  | 'tls_client_auth_subject_dn'
  | 'tls_client_auth_san_dns'
  | 'tls_client_auth_san_uri'
  | 'tls_client_auth_san_ip'
  | 'tls_client_auth_san_email';

/** RFC 8705 §2.1.2: whether the certificate names whom the client registered. */
export function isNamed(leaf: X509Certificate, property: SubjectProperty, registered: string): boolean {
  switch (property) {
    case 'tls_client_auth_subject_dn':
      return isSubject(leaf.subject, registered);
    case 'tls_client_auth_san_dns':
      // Names as they stand: a wildcard is for servers.
      return alternativeNames(leaf).some(
        ([type, name]) => type === 'DNS' && name.toLowerCase() === registered.toLowerCase(),
      );
    case 'tls_client_auth_san_uri':
      return alternativeNames(leaf).some(([type, name]) => type === 'URI' && name === registered);
    case 'tls_client_auth_san_email':
      return alternativeNames(leaf).some(([type, name]) => type === 'email' && name === registered);
    case 'tls_client_auth_san_ip':
      return leaf.checkIP(registered) !== undefined;
  }
}

/** Node lists them as `DNS:a.example, URI:"…"`: quoted as JSON where a comma or quote in one could be taken for the next. */
function alternativeNames({ subjectAltName = '' }: X509Certificate): readonly (readonly [string, string])[] {
  const entries = subjectAltName.matchAll(/([A-Za-z ]+):("(?:[^"\\]|\\.)*"|[^,]*)(?:, |$)/g);
  return [...entries].map(([, type = '', value = '']) => [
    type,
    value.startsWith('"') ? (JSON.parse(value) as string) : value,
  ]);
}
