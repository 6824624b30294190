import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { localhostCertificate } from './localhost-certificate.js';

/** A server on the loopback that counts who connects and keeps what they post. */
export interface Listener {
  readonly port: number;
  readonly url: string;
  /** TCP connections so far, also those that sent nothing. */
  readonly connections: number;
  /** Bodies of the requests so far. */
  readonly bodies: string[];
  /** Paths of the requests so far. */
  readonly paths: string[];
  close(): Promise<void>;
}

export async function listen(
  answer: RequestListener = (_request, response) => void response.end(),
  host = '127.0.0.1',
  secure = false,
): Promise<Listener> {
  const state = { connections: 0, bodies: [] as string[], paths: [] as string[] };
  const onRequest: RequestListener = (request, response) => {
    void bodyOf(request).then((body) => {
      state.bodies.push(body);
      state.paths.push(request.url ?? '');
      answer(request, response);
    });
  };
  const server = secure ? createSecureServer(localhostCertificate, onRequest) : createServer(onRequest);
  server.on('connection', () => (state.connections += 1));
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: `${secure ? 'https' : 'http'}://${host.includes(':') ? `[${host}]` : host}:${port}`,
    get connections() {
      return state.connections;
    },
    bodies: state.bodies,
    paths: state.paths,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}
