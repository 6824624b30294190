import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { sha256 } from '../../../lib/hashing.js';
import type { Random } from '../../../lib/random.js';
import { readBody } from './bounded-body.js';
import { refusalAtTheDoor, type Door } from './door.js';
import { refuse, relayCall, type RelayOptions } from './relay-call.js';

export interface ProxyServerOptions extends RelayOptions {
  readonly random: Random;
  /** Unset or 0: one that is free. */
  readonly port?: number;
  /** Listens on this file instead of a port. */
  readonly socket?: string;
  /** Bugs of ours; never what a call carried. */
  readonly onError: (error: unknown) => void;
}

export interface ProxyServer {
  /** Undefined on a socket in the file system. */
  readonly origin: string | undefined;
  /** New with each start; good as the API key, here alone. */
  readonly secret: string;
  close(): Promise<void>;
}

/** Listens on the loopback alone, or on a socket of its owner alone. Rejects with the error of `listen`. */
export async function startProxy(options: ProxyServerOptions): Promise<ProxyServer> {
  const secret = `holdfast-local-${options.random.bytes(32).toString('base64url')}`;
  const secretDigest = sha256(secret);
  let door: Door = { hosts: new Set(), secretDigest };
  const server = createServer((request, response) => {
    serve(request, response, door, options).catch((error: unknown) => {
      if (!response.destroyed && !response.headersSent) {
        const message = 'The proxy failed.';
        refuse(response, { status: 500, code: 'proxy_failed', message });
      } else response.destroy();
      if (!isBrokenOff(error)) options.onError(error);
    });
  });
  const close = (): Promise<void> => closed(server);
  if (options.socket !== undefined) {
    await listenOnFile(server, options.socket);
    door = { hosts: undefined, secretDigest };
    return { origin: undefined, secret, close };
  }
  await listening(server, () => server.listen(options.port ?? 0, '127.0.0.1'));
  const { port } = server.address() as AddressInfo;
  door = { hosts: new Set([`127.0.0.1:${port}`, `localhost:${port}`]), secretDigest };
  return { origin: `http://127.0.0.1:${port}`, secret, close };
}

async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  door: Door,
  options: ProxyServerOptions,
): Promise<void> {
  const refusal = refusalAtTheDoor({ headers: request.headers, target: request.url ?? '' }, door);
  if (refusal) {
    // Not read: whoever is not let in costs nothing.
    response.setHeader('connection', 'close');
    return refuse(response, refusal);
  }
  const body = await readBody(request);
  if (!body) {
    response.setHeader('connection', 'close');
    return refuse(response, { status: 413, code: 'too_long', message: 'The request is too long.' });
  }
  await relayCall(request, response, body, options);
}

/** One of the two sides hung up. */
function isBrokenOff(error: unknown): boolean {
  const codes = ['ECONNRESET', 'EPIPE', 'ERR_STREAM_PREMATURE_CLOSE', 'ABORT_ERR'];
  return (
    error instanceof Error &&
    (codes.some((code) => 'code' in error && error.code === code) ||
      error.name === 'AbortError' ||
      error.message === 'terminated')
  );
}

function listening(server: Server, listen: () => void): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.once('listening', () => {
      server.off('error', reject);
      resolve();
    });
    listen();
  });
}

/** The mask is in force when the socket is made: there is no moment in which others could open it. */
async function listenOnFile(server: Server, file: string): Promise<void> {
  const before = process.umask(0o177);
  try {
    await listening(server, () => server.listen(file));
  } finally {
    process.umask(before);
  }
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
