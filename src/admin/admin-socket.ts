import { rm } from 'node:fs/promises';
import { createServer, request, type IncomingMessage } from 'node:http';
import { codeOf } from '../lib/error-code.js';
import type { Logger } from '../observability/logger.js';
import type { AdminPorts } from './admin-ports.js';
import { runCommand } from './commands.js';
import { failed, type Outcome } from './outcome.js';

/*
 * The embedded database belongs to the running server alone. So that `holdfast` works beside it, the server takes the
 * same commands on a Unix socket in its data folder, which only its own user can open (mode 0600). No network, no
 * password: whoever can open the socket can read the database's files as well.
 */
export interface AdminSocket {
  close(): Promise<void>;
}

/** What a path of a Unix socket may measure (sun_path), with a margin. */
const longestPath = 100;
const longestMessage = 1_048_576;

/** Listens at `file`. Undefined where that can't be; the commands then need the server to be stopped. */
export async function startAdminSocket(
  file: string,
  ports: AdminPorts,
  logger: Logger,
): Promise<AdminSocket | undefined> {
  if (process.platform === 'win32' || Buffer.byteLength(file) > longestPath) {
    logger.warn(
      { file },
      'no admin socket: its path is too long; holdfast commands need the server to be stopped',
    );
    return undefined;
  }
  // The folder's lock is ours, so whoever made this file is dead.
  await rm(file, { force: true });
  const server = createServer((incoming, response) => {
    serve(incoming, ports)
      .catch((error: unknown) => {
        logger.error({ err: error }, 'an admin command failed');
        return failed('failed', 'The command failed inside the server; its log says why.');
      })
      .then((outcome) => response.setHeader('content-type', 'application/json').end(JSON.stringify(outcome)))
      .catch((error: unknown) => logger.error({ err: error }, 'an admin command could not be answered'));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    // Set before the file appears, so that there is no moment at which another user could open it.
    const mask = process.umask(0o177);
    server.listen(file, resolve);
    process.umask(mask);
  });
  server.unref();
  return {
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function serve(incoming: IncomingMessage, ports: AdminPorts): Promise<Outcome> {
  const { command, input } = JSON.parse(await readAll(incoming)) as { command?: unknown; input?: unknown };
  return runCommand(ports, String(command), input);
}

/** Has the server behind `file` run a command; undefined when no server is there. */
export function callAdminSocket(file: string, command: string, input: unknown): Promise<Outcome | undefined> {
  return new Promise((resolve, reject) => {
    const outgoing = request({ socketPath: file, method: 'POST', path: '/' }, (response) => {
      readAll(response)
        .then((text) => resolve(JSON.parse(text) as Outcome))
        .catch(reject);
    });
    outgoing.once('error', (error) => {
      if (['ENOENT', 'ECONNREFUSED', 'ENOTSOCK', 'EINVAL'].includes(codeOf(error) ?? '')) resolve(undefined);
      else reject(error);
    });
    outgoing.end(JSON.stringify({ command, input }));
  });
}

async function readAll(incoming: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > longestMessage) throw new Error('the command is too long');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
