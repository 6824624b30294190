import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';

/** Given out by this process before: the system may offer one again before its first taker listens. */
const given = new Set<number>();

/** A port of the loopback that nobody listens on at this moment, and that this process was not given before. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  // Another one is found while this one is held.
  const other = given.has(port) ? await freePort() : undefined;
  server.close();
  await once(server, 'close');
  if (other !== undefined) return other;
  given.add(port);
  return port;
}
