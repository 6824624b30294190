import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, request as httpRequest, type IncomingMessage } from 'node:http';
import path from 'node:path';
import { buffer } from 'node:stream/consumers';
import type { ProxyPlace } from './proxied-models.js';

/** Names in lower case; a field that came twice has two values. */
export type Fields = Map<string, readonly string[]>;

/** A request on its way through a proxy that is played. */
export interface Passing {
  readonly method: string;
  path: string;
  readonly fields: Fields;
  readonly body: Buffer;
  /** Set on the answer of the upstream. */
  readonly onAnswer: Fields;
}

export interface Reply {
  readonly status: number;
  readonly fields: Fields;
  readonly body: Buffer;
}

/** The address to pass it on to, or the answer. */
export type Play = (passing: Passing) => Promise<string | Reply>;

/**
 * Stands for a proxy that can't be installed where the tests run: it does what that proxy's documentation says of the example's own
 * configuration. It can't show that the proxy itself takes that configuration.
 */
export async function playProxy(play: Play, { port }: ProxyPlace): Promise<{ close(): Promise<void> }> {
  const serve = async (incoming: IncomingMessage): Promise<Reply> => {
    const fields = fieldsOf(incoming.rawHeaders);
    const body = await buffer(incoming);
    const { method = '', url = '' } = incoming;
    const passing = { method, path: url, fields, body, onAnswer: new Map() };
    const next = await play(passing);
    if (typeof next !== 'string') return next;
    // RFC 9110 §7.6.1: what Connection names goes no further.
    const dropped = (fields.get('connection') ?? []).flatMap((names) => names.split(','));
    for (const name of ['connection', ...dropped]) fields.delete(name.trim().toLowerCase());
    const reply = await send(next + passing.path, method, fields, body);
    return { ...reply, fields: new Map([...reply.fields, ...passing.onAnswer]) };
  };
  const server = createServer((incoming, response) => {
    serve(incoming).then(
      ({ status, fields, body }) => {
        for (const [name, values] of fields) {
          if (!/^(connection|keep-alive|transfer-encoding|content-length)$/.test(name))
            response.setHeader(name, values);
        }
        response.writeHead(status).end(body);
      },
      () => response.writeHead(500).end(),
    );
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return {
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export async function send(url: string, method: string, fields: Fields, body?: Buffer): Promise<Reply> {
  const { hostname, port } = new URL(url);
  const target = url.slice(new URL(url).origin.length);
  const headers: Record<string, string | string[]> = {};
  for (const [name, [first, ...more]] of fields) {
    if (first === undefined || name === 'content-length' || name === 'transfer-encoding') continue;
    headers[name] = more.length === 0 ? first : [first, ...more];
  }
  if (body?.length) headers['content-length'] = String(body.length);
  const sent = httpRequest({ hostname, port, path: target, method, headers, agent: false });
  sent.end(body);
  const [answer] = (await once(sent, 'response')) as [IncomingMessage];
  return { status: answer.statusCode ?? 0, fields: fieldsOf(answer.rawHeaders), body: await buffer(answer) };
}

/** A configuration of examples/, with the ports of this run. */
export function readExample(file: string, { port, gatewayPort, modelsPort }: ProxyPlace): string {
  const ports: Record<string, number> = { 6181: port, 6190: gatewayPort, 6195: modelsPort };
  const text = readFileSync(path.resolve(import.meta.dirname, '../../../examples', file), 'utf8');
  return text.replace(
    /(:|port_value: )(6181|6190|6195)\b/g,
    (_, before: string, number: string) => before + ports[number],
  );
}

function fieldsOf(raw: readonly string[]): Fields {
  const fields: Fields = new Map();
  for (let at = 0; at + 1 < raw.length; at += 2) {
    const name = String(raw[at]).toLowerCase();
    fields.set(name, [...(fields.get(name) ?? []), String(raw[at + 1])]);
  }
  return fields;
}
