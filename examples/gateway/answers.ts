import type { ServerResponse } from 'node:http';

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

export function sendError(response: ServerResponse, error: ApiError): void {
  sendJson(response, error.status, errorBody(response, error));
}

/** An error in the shape that OpenAI's clients read, with our request id. */
export function errorBody(response: ServerResponse, { status, code, message, hint }: ApiError): object {
  const clientFault = status === 401 ? 'authentication_error' : 'invalid_request_error';
  const type = status >= 500 ? 'server_error' : clientFault;
  const request_id = response.getHeader('x-request-id');
  return { error: { message, type, param: null, code, request_id, ...(hint !== undefined && { hint }) } };
}
