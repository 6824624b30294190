/** One request and its answer, as they went over the wire. */
export interface Exchange {
  readonly method: string;
  readonly url: string;
  readonly sent: Headers;
  readonly form: URLSearchParams;
  readonly status: number;
  readonly received: Headers;
  readonly body: string;
}

/** Listens to everything that the tests of this process send by fetch, until `stop`. */
export function tapWire(): { readonly exchanges: Exchange[]; stop(): void } {
  const exchanges: Exchange[] = [];
  const untapped = globalThis.fetch;
  globalThis.fetch = async (input, init = {}) => {
    const response = await untapped(input, init);
    const body = await response.clone().text();
    exchanges.push({
      method: init.method ?? 'GET',
      url: input instanceof Request ? input.url : String(input),
      sent: new Headers(init.headers),
      form: new URLSearchParams(typeof init.body === 'string' ? init.body : ''),
      status: response.status,
      received: response.headers,
      body,
    });
    return response;
  };
  return {
    exchanges,
    stop: () => {
      globalThis.fetch = untapped;
    },
  };
}
