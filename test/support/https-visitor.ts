import { request } from 'undici';
import { type Sent, Visitor } from './visitor.js';

/** A server whose addresses are https, behind a plain socket: as behind a proxy that ends TLS. */
export interface BehindTls {
  readonly issuer: string;
  readonly config: { readonly port: number };
}

export interface HttpsVisitorOptions {
  /** Sent with everything; `x-forwarded-for` counts where 127.0.0.1 is a trusted proxy. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Those of another browser: stolen, or kept. */
  readonly cookies?: ReadonlyMap<string, { readonly value: string; readonly path: string }>;
}

/** A browser at a server whose issuer is `https://…`; says where its requests come from, as browsers do. */
export class HttpsVisitor extends Visitor {
  readonly server: BehindTls;
  /** Sent with everything from now on. */
  headers: Readonly<Record<string, string>>;

  constructor(server: BehindTls, { headers = {}, cookies = new Map() }: HttpsVisitorOptions = {}) {
    super();
    this.server = server;
    this.headers = headers;
    for (const [name, cookie] of cookies) this.cookies.set(name, cookie);
  }

  protected override async transport(url: string, { method, headers, body }: Sent): Promise<Response> {
    const { origin, pathname, search } = new URL(url);
    const { issuer, config } = this.server;
    const address = origin === issuer ? `http://127.0.0.1:${config.port}` : origin;
    const own = {
      'sec-fetch-site': 'same-origin',
      'sec-fetch-mode': 'navigate',
      'sec-fetch-dest': 'document',
    };
    const sent = { ...own, ...this.headers, ...Object.fromEntries(headers), host: new URL(issuer).host };
    const answer = await request(`${address}${pathname}${search}`, {
      method,
      headers: sent,
      ...(body === undefined ? {} : { body }),
    });
    const fields = Object.entries(answer.headers).flatMap(([name, value]) =>
      [value].flat().map((each): [string, string] => [name, each ?? '']),
    );
    const text = await answer.body.text();
    const empty = text === '' || [204, 304].includes(answer.statusCode);
    return new Response(empty ? null : text, { status: answer.statusCode, headers: fields });
  }
}
