import type { X509Certificate } from 'node:crypto';
import { accepted, refused, type Result } from '../lib/result.js';

/** Longer ones are nobody's. */
const longestPath = 4;

/**
 * Whether `path`, leaf first, leads to one of `roots` (RFC 5280 §6.1): each is issued and signed by the next, which may issue
 * certificates, and all are valid at `at`. Nothing is fetched: what certificates name, strangers wrote.
 */
export function checkCertificatePath(
  path: readonly X509Certificate[],
  roots: readonly X509Certificate[],
  at: Date,
): Result<undefined> {
  const last = path.at(-1);
  if (!last || path.length > longestPath) {
    return refused('passkey_rejected', `${path.length} certificates are no path`);
  }
  for (const [index, certificate] of path.entries()) {
    if (!isValid(certificate, at))
      return refused('passkey_rejected', `certificate ${index} is not valid now`);
    const issuer = path[index + 1];
    if (issuer && !isIssuedBy(certificate, issuer)) {
      return refused('passkey_rejected', `certificate ${index} is not issued by the next one`);
    }
  }
  const anchored = roots.some(
    (root) => root.raw.equals(last.raw) || (isValid(root, at) && isIssuedBy(last, root)),
  );
  return anchored ? accepted(undefined) : refused('passkey_rejected', 'the path leads to none of the roots');
}

/** OpenSSL looks at names, key identifiers and whether the issuer's key may sign certificates. */
function isIssuedBy(certificate: X509Certificate, issuer: X509Certificate): boolean {
  return issuer.ca && certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);
}

function isValid({ validFrom, validTo }: X509Certificate, at: Date): boolean {
  return Date.parse(validFrom) <= at.getTime() && at.getTime() <= Date.parse(validTo);
}
