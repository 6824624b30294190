import { X509Certificate } from 'node:crypto';

/** A client's certificate, as the end of the TLS connection saw it: possession of its key is proven, nothing else. */
export interface ClientCertificate {
  readonly leaf: X509Certificate;
  /** What came along of the path above it, nearest first. */
  readonly issuers: readonly X509Certificate[];
}

export type CertificateFormat = 'rfc9440' | 'pem' | 'der' | 'xfcc';

const base64 = /^[A-Za-z0-9+/]+={0,2}$/;
const pemBlock = '-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\\s]+)-----END CERTIFICATE-----';
const onlyPem = new RegExp(`^\\s*(?:${pemBlock}\\s*)+$`);
const mostIssuers = 4;

/**
 * The certificate in a proxy's header; undefined for anything but one whole certificate (and what issued it) in that format:
 * two values, which Node joins by a comma, are never one.
 * @param chain what stands in Client-Cert-Chain (RFC 9440 §2.3)
 */
export function readCertificateHeader(
  value: string,
  format: CertificateFormat,
  chain?: string,
): ClientCertificate | undefined {
  try {
    const [leaf, ...issuers] = readers[format](value, chain).map((der) => new X509Certificate(der));
    return leaf && issuers.length <= mostIssuers ? { leaf, issuers } : undefined;
  } catch {
    return undefined;
  }
}

type Reader = (value: string, chain: string | undefined) => readonly Buffer[];

const readers: Readonly<Record<CertificateFormat, Reader>> = {
  // RFC 9440 §2.1: an sf-binary (RFC 8941 §3.3.5); the chain is a list of them, without the certificate itself.
  rfc9440: (value, chain) => [
    fromByteSequence(value),
    ...(chain === undefined ? [] : chain.split(',').map(fromByteSequence)),
  ],
  pem: (value) => fromPem(value),
  der: (value) => [fromBase64(value)],
  xfcc: (value) => fromForwarded(value),
};

function fromByteSequence(value: string): Buffer {
  const [, inner = ''] = /^:([^:]*):$/.exec(value.trim()) ?? [];
  return fromBase64(inner);
}

function fromBase64(text: string): Buffer {
  if (!base64.test(text)) throw new Error('not base64');
  return Buffer.from(text, 'base64');
}

/** As nginx ($ssl_client_escaped_cert) and AWS escape it, or with spaces in place of the line ends, as Apache does. */
function fromPem(value: string): Buffer[] {
  const text = value.includes('%') ? decodeURIComponent(value) : value;
  if (!onlyPem.test(text)) throw new Error('not PEM alone');
  return [...text.matchAll(new RegExp(pemBlock, 'g'))].map(([, body = '']) =>
    fromBase64(body.replaceAll(/\s/g, '')),
  );
}

const pair = /([A-Za-z]+)=("(?:[^"\\]|\\.)*"|[^",;]*)/y;

/** Envoy: `Hash=…;Cert="…";Chain="…"`. More than one element would be of more than one hop, so of whom is open. */
function fromForwarded(value: string): Buffer[] {
  const fields = new Map<string, string>();
  for (let at = 0; at < value.length; at += 1) {
    pair.lastIndex = at;
    const [whole = '', name = '', text = ''] = pair.exec(value) ?? [];
    if (whole === '' || fields.has(name.toLowerCase())) throw new Error('not one element');
    fields.set(name.toLowerCase(), text.replaceAll(/^"|"$/g, ''));
    at += whole.length;
    if (at < value.length && value[at] !== ';') throw new Error('not one element');
  }
  const leaf = fields.get('cert');
  if (leaf === undefined) throw new Error('no Cert');
  const [first, ...others] = fromPem(leaf);
  if (!first || others.length > 0) throw new Error('more than one Cert');
  // Its chain begins with the certificate itself.
  const chain = fields.get('chain');
  return [first, ...(chain === undefined ? [] : fromPem(chain).filter((each) => !each.equals(first)))];
}
