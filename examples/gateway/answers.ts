import type { IncomingMessage, ServerResponse } from 'node:http';

/** Longest body of a request, in bytes. */
const longestBody = 1_048_576;

export function sendJson(response: ServerResponse, status: number, value: unknown): void {
  const body = JSON.stringify(value);
  const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
  response.writeHead(status, { ...headers, 'cache-control': 'no-store' });
  response.end(body);
}

export interface ApiError {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  /** For the developer, where the server may say more. */
  readonly hint?: string;
}

/** An error in the shape that OpenAI's clients read, with our request id. */
export function sendError(response: ServerResponse, { status, code, message, hint }: ApiError): void {
  const clientFault = status === 401 ? 'authentication_error' : 'invalid_request_error';
  const type = status >= 500 ? 'server_error' : clientFault;
  const request_id = response.getHeader('x-request-id');
  const error = { message, type, param: null, code, request_id, ...(hint !== undefined && { hint }) };
  sendJson(response, status, { error });
}

/** The body of a request as text; undefined, and 413 already answered, when it is too long. */
export async function readBody(
  request: IncomingMessage,
  response: ServerResponse,
): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > longestBody) {
      response.setHeader('connection', 'close');
      sendError(response, {
        status: 413,
        code: 'body_too_large',
        message: 'The request body is over 1 MiB.',
      });
      return undefined;
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
