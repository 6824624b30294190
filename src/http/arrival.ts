import type { IncomingMessage, ServerResponse } from 'node:http';
import type { LaneRequest } from './lane.js';

const unread: Buffer = Buffer.alloc(0);

/** A request on its way through the front. */
export class Arrival implements LaneRequest {
  readonly request: IncomingMessage;
  readonly requestId: string;
  readonly clientAddress: string;
  readonly path: string;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  /** Once it was read. */
  body = unread;
  readonly #response: ServerResponse;
  /** Name and value in turns. */
  readonly #common: readonly string[];
  #dressed = false;

  constructor(
    request: IncomingMessage,
    response: ServerResponse,
    facts: Pick<Arrival, 'requestId' | 'clientAddress' | 'path' | 'startedAt'>,
    common: readonly string[],
  ) {
    this.request = request;
    this.requestId = facts.requestId;
    this.clientAddress = facts.clientAddress;
    this.path = facts.path;
    this.startedAt = facts.startedAt;
    this.#response = response;
    this.#common = ['x-request-id', facts.requestId, ...common];
  }

  /** Has the headers that every answer of its path has. */
  get response(): ServerResponse {
    if (!this.#dressed) {
      this.#dressed = true;
      for (let index = 0; index < this.#common.length; index += 2) {
        this.#response.setHeader(this.#common[index] ?? '', this.#common[index + 1] ?? '');
      }
    }
    return this.#response;
  }

  answer(headers: readonly string[], body: string): void {
    const length = Buffer.byteLength(body);
    this.#response.writeHead(200, [...this.#common, ...headers, 'Content-Length', String(length)]);
    // ASCII needs no encoding.
    this.#response.end(body, length === body.length ? 'latin1' : 'utf8');
  }
}
