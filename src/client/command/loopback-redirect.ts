import { createHash } from 'node:crypto';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A listener on a loopback port of its own, which the browser is sent back to (RFC 8252 §7.3). */
export interface LoopbackRedirect {
  readonly redirectUri: string;
  /** The first address that carries our `state`. */
  arrival(state: string): Promise<URL>;
  close(): void;
}

const style =
  ':root{color-scheme:light dark;font:1.125rem/1.5 system-ui,sans-serif}body{max-width:24rem;margin:20vh auto;padding:0 1.5rem}';
const styleDigest = createHash('sha256').update(style).digest('base64');

const page = (words: string): string =>
  '<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">' +
  `<title>Holdfast</title><style>${style}</style><p>${words}</p></html>`;

export async function listenForRedirect(): Promise<LoopbackRedirect> {
  let receive: (address: URL, response: ServerResponse) => void = (_, response) =>
    answer(response, 404, 'Not yet.');
  const server = createServer((request, response) => {
    const target = request.url ?? '/';
    const address = target.startsWith('/') ? new URL(`${origin}${target}`) : undefined;
    if (request.method === 'GET' && address?.pathname === '/callback') receive(address, response);
    else answer(response, 404, 'Nothing here.');
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  return {
    redirectUri: `${origin}/callback`,
    arrival: (state) =>
      new Promise((resolve) => {
        receive = (address, response) => {
          // RFC 6749 §10.12: an answer that we did not ask for is not ours; another page may have sent it.
          if (address.searchParams.get('state') !== state) {
            return answer(response, 400, 'This is not our sign-in.');
          }
          const done = address.searchParams.has('error') ? 'Nothing was allowed.' : 'That is done.';
          answer(response, 200, `${done} You can close this window and go back to the terminal.`);
          resolve(address);
        };
      }),
    close: () => {
      server.close();
      server.closeIdleConnections();
    },
  };
}

function answer(response: ServerResponse, status: number, words: string): void {
  response.writeHead(status, {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': `default-src 'none'; style-src 'sha256-${styleDigest}'; frame-ancestors 'none'`,
    'referrer-policy': 'no-referrer',
    'cache-control': 'no-store',
    connection: 'close',
  });
  response.end(page(words));
}
