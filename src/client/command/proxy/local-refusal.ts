/** What the proxy itself says no to. */
export interface LocalRefusal {
  readonly status: number;
  readonly code: string;
  readonly message: string;
}

/** In the shape that the clients of OpenAI and those of Anthropic both read. */
export function refusalBody({ status, code, message }: LocalRefusal): string {
  const error = { type: typeOf(status), message, code, param: null };
  return JSON.stringify({ type: 'error', error });
}

function typeOf(status: number): string {
  if (status === 401) return 'authentication_error';
  if (status === 403 || status === 421) return 'permission_error';
  return status >= 500 ? 'api_error' : 'invalid_request_error';
}

/** Trying again helps against an outage, and against nothing that was decided. */
export function mayRetry(status: number): boolean {
  return status >= 500 || status === 408 || status === 409 || status === 429;
}
