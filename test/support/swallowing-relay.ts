import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/**
 * Passes connections on to a database, until it is told to swallow: then it takes bytes from both sides and gives none on,
 * as a network does that has lost its way without saying so.
 */
export class SwallowingRelay {
  /** The database's URL by way of the relay. */
  readonly url: string;
  readonly #server: Server;
  readonly #sockets: Set<Socket>;
  readonly #state: { swallowing: boolean };

  private constructor(url: string, server: Server, sockets: Set<Socket>, state: { swallowing: boolean }) {
    this.url = url;
    this.#server = server;
    this.#sockets = sockets;
    this.#state = state;
  }

  static async start(databaseUrl: string): Promise<SwallowingRelay> {
    const target = new URL(databaseUrl);
    const sockets = new Set<Socket>();
    const state = { swallowing: false };
    const server = createServer((near) => {
      const far = connect(Number(target.port), target.hostname);
      for (const [from, to] of [
        [near, far],
        [far, near],
      ] as const) {
        sockets.add(from);
        from.on('data', (bytes) => void (state.swallowing || to.write(bytes)));
        from.on('error', () => {});
        from.on('close', () => to.destroy());
      }
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const own = new URL(databaseUrl);
    own.port = String((server.address() as AddressInfo).port);
    return new SwallowingRelay(own.href, server, sockets, state);
  }

  swallow(): void {
    this.#state.swallowing = true;
  }

  pass(): void {
    this.#state.swallowing = false;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
