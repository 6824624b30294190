/** What a browser would show: where it is and the text of the page. */
export interface Page {
  readonly url: URL;
  readonly html: string;
}

/** A browser without a screen: keeps the cookies of one site and goes where it is sent. */
export class Browser {
  readonly #cookies: Map<string, string>;

  /** @param cookies of another browser, copied */
  constructor(cookies: ReadonlyMap<string, string> = new Map()) {
    this.#cookies = new Map(cookies);
  }

  get cookies(): ReadonlyMap<string, string> {
    return this.#cookies;
  }

  /** Opens an address and follows redirects, also to another site. */
  async open(address: string | URL): Promise<Page> {
    return this.#request(new URL(address), { method: 'GET' });
  }

  /** Sends a form as a page of the same site would. */
  async submit(address: URL, fields: Readonly<Record<string, string>>): Promise<Page> {
    return this.#request(address, { method: 'POST', body: new URLSearchParams(fields) });
  }

  /** Posts JSON as a script of the page would; throws with what the server said when it refuses. */
  async postJson(address: URL, value: object): Promise<Record<string, unknown>> {
    const response = await this.tryJson(address, value);
    const answer = (await response.json()) as Record<string, unknown>;
    if (!response.ok) throw new Error(`${address.pathname}: ${JSON.stringify(answer)}`);
    return answer;
  }

  /** The same, whatever the server says. */
  async tryJson(address: URL, value: object): Promise<Response> {
    const headers = { 'content-type': 'application/json' };
    return this.send(address, { method: 'POST', body: JSON.stringify(value), headers });
  }

  async #request(address: URL, init: RequestInit): Promise<Page> {
    const response = await this.send(address, init);
    const location = response.headers.get('location');
    if (location !== null) return this.#request(new URL(location, address), { method: 'GET' });
    return { url: address, html: await response.text() };
  }

  /** One request, with the cookies; a redirect is an answer. */
  async send(address: URL, init: RequestInit): Promise<Response> {
    const headers = new Headers(init.headers);
    const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    if (cookie !== '') headers.set('cookie', cookie);
    headers.set('accept', init.method === 'GET' ? 'text/html' : '*/*');
    if (init.method === 'POST') {
      headers.set('origin', address.origin);
      headers.set('sec-fetch-site', 'same-origin');
    }
    const response = await fetch(address, { ...init, headers, redirect: 'manual' });
    for (const line of response.headers.getSetCookie()) this.#keep(line);
    return response;
  }

  #keep(line: string): void {
    const [pair = ''] = line.split(';');
    const [name = '', ...value] = pair.split('=');
    if (value.join('=') === '' || /expires=Thu, 01 Jan 1970/i.test(line)) this.#cookies.delete(name);
    else this.#cookies.set(name, value.join('='));
  }
}

/** The value of an attribute that stands once in the page. */
export function attributeOf({ html, url }: Page, name: string): string {
  const value = new RegExp(`\\b${name}="([^"]*)"`).exec(html)?.[1];
  if (value === undefined)
    throw new Error(`no ${name} in the page at ${url.pathname}:\n${html.slice(0, 500)}`);
  return value.replaceAll('&amp;', '&');
}
