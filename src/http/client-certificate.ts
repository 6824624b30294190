import type { X509Certificate } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { TLSSocket } from 'node:tls';
import type { Config } from '../config/schema.js';
import { accepted, refused, type Result } from '../lib/result.js';
import { readCertificateHeader, type ClientCertificate } from './certificate-header.js';
import { createProxyTrust } from './client-address.js';

export type { ClientCertificate };

/** Tells the certificate that came with a request; undefined where there is none. Refused: a header that can't be read. */
export type CertificateReader = (request: IncomingMessage) => Result<ClientCertificate | undefined>;

const none = accepted(undefined);
const chainHeader = 'client-cert-chain';
const mostRemembered = 1000;
const longestPath = 4;

export function createCertificateReader({
  mtls,
  trusted_proxies: proxies,
}: Pick<Config, 'mtls' | 'trusted_proxies'>): CertificateReader {
  if (mtls.certificates_from === 'none') return () => none;
  if (mtls.certificates_from === 'header') return headerReader(mtls, createProxyTrust(proxies));
  const isProxy = createProxyTrust(proxies);
  // A certificate on a proxy's own connection is the proxy's, not that of whoever is behind it.
  return (request) => (isProxy(request.socket.remoteAddress) ? none : accepted(ofConnection(request.socket)));
}

function headerReader(mtls: Config['mtls'], isProxy: ReturnType<typeof createProxyTrust>): CertificateReader {
  const name = mtls.certificate_header.toLowerCase();
  const remembered = new Map<string, ClientCertificate>();
  return ({ headers, socket }) => {
    const value = joined(headers[name]);
    const chain = joined(headers[chainHeader]);
    delete headers[name];
    // RFC 9440 §4, RFC 8705 §6.5: anyone can write a header, so only the proxy that strips it from others is believed.
    if (value === undefined || value === '' || !isProxy(socket.remoteAddress)) return none;
    const key = JSON.stringify([value, chain]);
    const known = remembered.get(key) ?? readCertificateHeader(value, mtls.certificate_format, chain);
    if (!known) {
      return refused('certificate_unreadable', `${mtls.certificate_header} as ${mtls.certificate_format}`);
    }
    const [oldest] = remembered.keys();
    if (remembered.size >= mostRemembered && oldest !== undefined) remembered.delete(oldest);
    return accepted(remember(remembered, key, known));
  };
}

function remember<Value>(memory: Map<string, Value>, key: string, value: Value): Value {
  memory.set(key, value);
  return value;
}

const ofSocket = new WeakMap<TLSSocket, ClientCertificate>();

function ofConnection(socket: unknown): ClientCertificate | undefined {
  if (!(socket instanceof TLSSocket)) return undefined;
  const known = ofSocket.get(socket);
  if (known) return known;
  const leaf = socket.getPeerX509Certificate();
  if (!leaf) return undefined;
  const certificate = { leaf, issuers: above(leaf) };
  ofSocket.set(socket, certificate);
  return certificate;
}

/** A root is its own issuer. */
function above(leaf: X509Certificate): X509Certificate[] {
  const issuers: X509Certificate[] = [];
  let below = leaf;
  for (
    let next = below.issuerCertificate;
    next && issuers.length < longestPath;
    next = next.issuerCertificate
  ) {
    if (next.raw.equals(below.raw)) break;
    issuers.push(next);
    below = next;
  }
  return issuers;
}

function joined(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value.join(',') : value;
}
