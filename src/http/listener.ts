import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';

/** What the front speaks https with, as PEM. */
export interface TlsFiles {
  readonly cert: string;
  readonly key: string;
}

const patience = {
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  keepAliveTimeout: 65_000,
  connectionsCheckingInterval: 5000,
} as const;

/**
 * A server of plain HTTP, or of HTTPS where there are files for it.
 * @param askForCertificate whether clients are asked for a certificate in the handshake
 */
export function createListener(
  tls: TlsFiles | undefined,
  askForCertificate: boolean,
  listener: RequestListener,
): Server {
  if (!tls) return createServer(patience, listener);
  // RFC 8705 §2.2, §6.1: a self-signed one is taken, too; the handshake proves its key, and who it is is judged later.
  const certificates = { requestCert: askForCertificate, rejectUnauthorized: false };
  return createTlsServer({ ...patience, ...tls, ...certificates, minVersion: 'TLSv1.2' }, listener);
}
