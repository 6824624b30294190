import { createHash } from 'node:crypto';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A listener on a loopback port of its own, which the browser is sent back to (RFC 8252 §7.3). */
export interface Loopback {
  readonly redirectUri: string;
  /** The first address that carries our `state`. Rejects after `patience` milliseconds. */
  arrival(state: string, patience: number): Promise<URL>;
  close(): void;
}

const style =
  ':root{color-scheme:light dark;font:1.125rem/1.5 system-ui,sans-serif}body{max-width:24rem;margin:20vh auto;padding:0 1.5rem}';

const styleDigest = createHash('sha256').update(style).digest('base64');

const page = (words: string): string =>
  '<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">' +
  `<title>Example command line</title><style>${style}</style><p>${words}</p></html>`;

export async function listenOnLoopback(): Promise<Loopback> {
  let receive: (address: URL, response: ServerResponse) => void = (_, response) =>
    answer(response, 404, 'Not yet.');
  const server = createServer((request, response) => {
    const address = new URL(request.url ?? '/', redirectUri);
    if (request.method === 'GET' && address.pathname === '/callback') receive(address, response);
    else answer(response, 404, 'Nothing here.');
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const redirectUri = `http://127.0.0.1:${(server.address() as AddressInfo).port}/callback`;

  return {
    redirectUri,
    arrival: (state, patience) =>
      new Promise((resolve, reject) => {
        const late = setTimeout(() => reject(new Error('Nobody signed in within five minutes.')), patience);
        receive = (address, response) => {
          // RFC 6749 §10.12: an answer that we did not ask for is not ours; another page may have sent it.
          if (address.searchParams.get('state') !== state)
            return answer(response, 400, 'This is not our sign-in.');
          clearTimeout(late);
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
