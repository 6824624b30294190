import type { ServerResponse } from 'node:http';

/** What stands behind the gateway and answers calls that were allowed. */
export interface Backend {
  models(response: ServerResponse): Promise<void>;
  /** @param body of a chat completion request, as it came */
  chat(body: string, response: ServerResponse): Promise<void>;
}
