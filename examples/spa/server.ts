import { readFile } from 'node:fs/promises';
import { createServer, type ServerResponse } from 'node:http';
import path from 'node:path';

export interface SpaOptions {
  readonly port: number;
  /** Where the model gateway is. */
  readonly gateway: string;
  /** The provider that the app trusts. */
  readonly issuer: string;
  readonly clientId: string;
}

export interface Spa {
  readonly url: string;
  close(): Promise<void>;
}

/** The build put the bundle there (tools/build.mjs). */
const bundle = path.resolve(import.meta.dirname, '../../spa');

const files: Readonly<Record<string, readonly [file: string, type: string]>> = {
  '/': ['index.html', 'text/html; charset=utf-8'],
  '/callback': ['index.html', 'text/html; charset=utf-8'],
  '/app.js': ['app.js', 'text/javascript; charset=utf-8'],
  '/app.css': ['app.css', 'text/css; charset=utf-8'],
};

/** Serves the page, its script and its settings. Everything else happens in the browser. */
export async function startSpa({ port, gateway, issuer, clientId }: SpaOptions): Promise<Spa> {
  const settings = JSON.stringify({ gateway, issuer, client_id: clientId });
  const headers = {
    // Script of others could use the key while it is here: none gets in, and nothing goes anywhere else.
    'content-security-policy': [
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:",
      `connect-src 'self' ${new URL(issuer).origin} ${new URL(gateway).origin}`,
      "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'",
    ].join('; '),
    // The address of the way back carries the code.
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    'cache-control': 'no-store',
  };
  const answer = async (response: ServerResponse, target: string): Promise<void> => {
    const [file, type] = files[target] ?? [];
    if (target === '/settings.json') {
      response.writeHead(200, { ...headers, 'content-type': 'application/json' }).end(settings);
    } else if (file === undefined) response.writeHead(404, headers).end('Nothing here.');
    else {
      const contents = await readFile(path.join(bundle, file));
      response.writeHead(200, { ...headers, 'content-type': type }).end(contents);
    }
  };
  const server = createServer((request, response) => {
    const target = (request.url ?? '/').replace(/[?#].*$/s, '');
    answer(response, target).catch(() => response.writeHead(500, headers).end('Not built: npm run build'));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, 'localhost', resolve);
  });
  return {
    url: `http://localhost:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
