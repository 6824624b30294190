import { connect, type Socket } from 'node:net';

const longestAnswer = 65_536;

export interface Reply {
  readonly status: number;
  readonly head: string;
  readonly body: string;
}

/**
 * One keep-alive connection of the load generator, one request at a time. A parser for HTTP/1.1 answers and nothing
 * more: a client that costs less than the server is the only one that measures the server.
 */
export class Connection {
  readonly #socket: Socket;
  #received = '';
  #waiting: { resolve: (reply: Reply) => void; reject: (error: Error) => void } | undefined;

  private constructor(port: number, settled: (error?: Error) => void) {
    // Read without a stream: it would cost as much as all the rest, on the core that PostgreSQL needs.
    const onread = {
      buffer: Buffer.allocUnsafe(longestAnswer),
      callback: (size: number, bytes: Uint8Array) => {
        this.#receive(Buffer.from(bytes.buffer, bytes.byteOffset, size).toString('latin1'));
        return true;
      },
    };
    this.#socket = connect({ port, host: '127.0.0.1', noDelay: true, onread });
    this.#socket.on('connect', () => settled());
    this.#socket.on('error', (error) => {
      settled(error);
      this.#fail(error);
    });
    this.#socket.on('close', () => this.#fail(new Error('the server closed the connection')));
  }

  static open(port: number): Promise<Connection> {
    return new Promise((resolve, reject) => {
      const connection = new Connection(port, (error) => (error ? reject(error) : resolve(connection)));
    });
  }

  send(request: string): Promise<Reply> {
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
      this.#socket.write(request, 'latin1');
    });
  }

  close(): void {
    this.#socket.destroy();
  }

  #receive(text: string): void {
    this.#received = this.#received === '' ? text : this.#received + text;
    const end = this.#received.indexOf('\r\n\r\n');
    if (end < 0) return;
    const head = this.#received.slice(0, end);
    const body = this.#received.slice(end + 4);
    if (!complete(head, body)) return;
    this.#received = '';
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.resolve({ status: Number(head.slice(9, 12)), head, body });
  }

  #fail(error: Error): void {
    this.#waiting?.reject(error);
    this.#waiting = undefined;
  }
}

const contentLength = '\r\nContent-Length: ';
const anyContentLength = /\r\ncontent-length: *(\d+)/i;

function complete(head: string, body: string): boolean {
  const length = lengthOf(head);
  if (length !== undefined) return body.length >= length;
  return !/\r\ntransfer-encoding: *chunked/i.test(head) || body.endsWith('0\r\n\r\n');
}

/** As nearly all write it; a search by pattern costs ten times as much. */
function lengthOf(head: string): number | undefined {
  const start = head.indexOf(contentLength);
  if (start >= 0)
    return Number.parseInt(head.slice(start + contentLength.length, start + contentLength.length + 10), 10);
  const length = anyContentLength.exec(head)?.[1];
  return length === undefined ? undefined : Number(length);
}

export function headerOf(head: string, name: string): string | undefined {
  return new RegExp(`\\r\\n${name}: *([^\\r]*)`, 'i').exec(head)?.[1];
}

/** A POST of a form as it goes over the wire. */
export function formPost(host: string, path: string, headers: Record<string, string>, form: string): string {
  return post(host, path, headers, form, 'application/x-www-form-urlencoded');
}

export function post(
  host: string,
  path: string,
  headers: Record<string, string>,
  body: string,
  type: string,
): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  const fixed = `Host: ${host}\r\nContent-Type: ${type}\r\nContent-Length: ${body.length}`;
  return `POST ${path} HTTP/1.1\r\n${fixed}\r\n${lines.join('')}\r\n${body}`;
}
