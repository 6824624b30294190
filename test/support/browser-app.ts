import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { build } from 'esbuild';
import { root } from './architecture/repository.js';

const page = '<!doctype html><link rel="icon" href="data:,"><script type="module" src="/app.js"></script>';

/** Code for a browser as one file, as an app's bundler makes it. */
export async function bundleForBrowser(contents: string, minify = false): Promise<string> {
  const bundled = await build({
    stdin: { contents, resolveDir: root, loader: 'ts' },
    bundle: true,
    minify,
    write: false,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    logLevel: 'silent',
  });
  return bundled.outputFiles[0]?.text ?? '';
}

/** An app without a backend: a page at every path, with one script. */
export class BrowserApp {
  script = '';
  readonly #server: Server;

  private constructor() {
    this.#server = createServer((request, response) => {
      const isScript = request.url === '/app.js';
      response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html');
      response.end(isScript ? this.script : page);
    });
  }

  static async open(): Promise<BrowserApp> {
    const app = new BrowserApp();
    await new Promise<void>((resolve) => app.#server.listen(0, 'localhost', resolve));
    return app;
  }

  get origin(): string {
    return `http://localhost:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
