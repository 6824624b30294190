/** A browser without script: keeps cookies, follows forms, never follows a redirect by itself. */
export interface Visit {
  readonly status: number;
  readonly headers: Headers;
  readonly url: string;
  readonly location: string | undefined;
  readonly text: string;
}

export interface Form {
  readonly action: string;
  readonly method: string;
  readonly fields: Record<string, string>;
}

export interface Sending {
  readonly method: 'GET' | 'POST';
  readonly headers?: Record<string, string>;
  readonly body?: string;
}

/** With its cookies. */
export interface Sent extends Omit<Sending, 'headers'> {
  readonly headers: Headers;
}

interface Cookie {
  readonly value: string;
  readonly path: string;
}

export class Visitor {
  readonly cookies = new Map<string, Cookie>();

  async get(url: string, headers: Record<string, string> = {}): Promise<Visit> {
    return this.send(url, { method: 'GET', headers });
  }

  async post(
    url: string,
    fields: Record<string, string>,
    headers: Record<string, string> = {},
  ): Promise<Visit> {
    return this.send(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        origin: new URL(url).origin,
        ...headers,
      },
      body: new URLSearchParams(fields).toString(),
    });
  }

  async postJson(url: string, value: object, headers: Record<string, string> = {}): Promise<Visit> {
    return this.send(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/json',
        origin: new URL(url).origin,
        ...headers,
      },
      body: JSON.stringify(value),
    });
  }

  /** Follows redirects for as long as they stay at the origin it began with. */
  async follow(visit: Visit): Promise<Visit> {
    let current = visit;
    while (current.location !== undefined && new URL(current.location).origin === new URL(visit.url).origin) {
      current = await this.get(current.location);
    }
    return current;
  }

  protected async send(url: string, init: Sending): Promise<Visit> {
    const headers = new Headers(init.headers);
    const cookie = this.#cookieHeader(new URL(url).pathname);
    if (cookie) headers.set('cookie', cookie);
    headers.set('accept', headers.get('accept') ?? 'text/html');
    const response = await this.transport(url, { ...init, headers });
    for (const line of response.headers.getSetCookie()) this.#keep(line, new URL(url).pathname);
    const location = response.headers.get('location');
    return {
      status: response.status,
      headers: response.headers,
      url,
      location: location === null ? undefined : new URL(location, url).href,
      // An address is one word, wherever its line may break.
      text: (await response.text()).replaceAll('<wbr/>', ''),
    };
  }

  /** One exchange on the wire. */
  protected transport(url: string, init: Sent): Promise<Response> {
    return fetch(url, { ...init, redirect: 'manual' });
  }

  #cookieHeader(path: string): string {
    return [...this.cookies]
      .filter(([, cookie]) => path.startsWith(cookie.path))
      .map(([name, { value }]) => `${name}=${value}`)
      .join('; ');
  }

  #keep(line: string, requestPath: string): void {
    const [pair = '', ...attributes] = line.split('; ');
    const split = pair.indexOf('=');
    const name = pair.slice(0, split);
    const value = pair.slice(split + 1);
    const path = attributes.find((each) => each.toLowerCase().startsWith('path='))?.slice(5) ?? requestPath;
    const gone = attributes.some((each) => /^expires=Thu, 01 Jan 1970/i.test(each)) || value === '';
    if (gone) this.cookies.delete(name);
    else this.cookies.set(name, { value, path });
  }
}

/** The forms of a page, with the values that they would send if submitted by the first button. */
export function formsOf(visit: Visit): Form[] {
  return [...visit.text.matchAll(/<form\b([^>]*)>([\s\S]*?)<\/form>/g)].map(
    ([, attributes = '', inner = '']) => ({
      action: new URL(attribute(attributes, 'action') ?? visit.url, visit.url).href,
      method: (attribute(attributes, 'method') ?? 'get').toLowerCase(),
      fields: Object.fromEntries(
        [...inner.matchAll(/<(?:input|button)\b([^>]*)>/g)]
          .map(([, tag = '']) => [attribute(tag, 'name'), attribute(tag, 'value') ?? ''] as const)
          .filter((field): field is readonly [string, string] => field[0] !== undefined)
          .reverse(),
      ),
    }),
  );
}

function attribute(tag: string, name: string): string | undefined {
  const match = new RegExp(`\\b${name}="([^"]*)"`).exec(tag);
  return match?.[1]
    ?.replace(/&quot;/g, '"')
    .replace(/&#x2F;/g, '/')
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&amp;/g, '&');
}

/** The form that holds a field of this name; fails loudly when the page has none. */
export function formWith(visit: Visit, field: string): Form {
  const form = formsOf(visit).find((each) => field in each.fields);
  if (!form)
    throw new Error(`no form with ${field} at ${visit.url} (${visit.status}):\n${visit.text.slice(0, 800)}`);
  return form;
}
