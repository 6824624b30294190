import { constants } from 'node:crypto';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer, Server as TlsServer } from 'node:https';

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

const asking = {
  requestCert: true,
  // RFC 8705 §2.2: a self-signed one is taken, too; the handshake proves its key, and who it is is judged later.
  rejectUnauthorized: false,
  // A session that is resumed has lost what came above the certificate, so its path could not be checked again.
  secureOptions: constants.SSL_OP_NO_TICKET,
};

const oldest = { minVersion: 'TLSv1.2' } as const;

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
  return createTlsServer({ ...patience, ...tls, ...(askForCertificate && asking), ...oldest }, listener);
}

/** Handshakes from now on get this certificate; connections that are open stay. Nothing for a server of plain HTTP. */
export function renewCertificate(server: Server, tls: TlsFiles, askForCertificate: boolean): void {
  if (!(server instanceof TlsServer)) return;
  // A new context has none of what the old one had been told.
  const { secureOptions } = asking;
  server.setSecureContext({ ...tls, ...(askForCertificate && { secureOptions }), ...oldest });
}
