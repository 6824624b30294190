import { createHash, randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { exportJWK, generateKeyPair, SignJWT, UnsecuredJWT, type CryptoKey, type JWK } from 'jose';
import type { ConfigFile } from '../../src/config/schema.js';

type Claims = Readonly<Record<string, unknown>>;

/** How an answer differs from what an honest provider says. */
export interface Crooked {
  /** Over the honest claims; undefined takes one out. */
  readonly idToken?: Claims;
  readonly unsigned?: boolean;
  /** Signed by a key that the provider does not publish. */
  readonly foreignKey?: boolean;
  readonly userinfo?: Claims;
  /** Parameters of the answer; undefined takes one out. */
  readonly parameters?: Readonly<Record<string, string | undefined>>;
}

interface Grant {
  readonly asked: URLSearchParams;
  readonly claims: Claims;
  readonly crooked: Crooked;
}

/**
 * An OpenID provider by hand, that says whatever the test wants. Nobody logs in here: `answer` makes, from the question
 * in an authorization URL, the address to which an honest or a crooked provider would send the browser.
 */
export class FakeUpstream {
  readonly id: string;
  readonly secret = randomBytes(24).toString('base64url');
  /** Forms that came to the token endpoint. */
  readonly tokenRequests: URLSearchParams[] = [];
  /** Over the honest metadata; undefined takes one out. */
  metadata: Claims = {};
  /** What answers instead of the provider; for one that is down. */
  broken: ((response: ServerResponse) => void) | undefined;
  asked = 0;
  /** Who is at the browser that comes to /authorize; it is led over another host there, as providers do. */
  person: Claims = {};
  /** True: she is logged in there already and sees no page. */
  silent = false;
  readonly #server;
  readonly #grants = new Map<string, Grant>();
  readonly #key: { readonly privateKey: CryptoKey; readonly jwk: JWK };
  readonly #foreign: CryptoKey;

  private constructor(id: string, key: { privateKey: CryptoKey; jwk: JWK }, foreign: CryptoKey) {
    this.id = id;
    this.#key = key;
    this.#foreign = foreign;
    this.#server = createServer((request, response) => void this.#serve(request, response));
  }

  static async open(id = 'acme'): Promise<FakeUpstream> {
    const { privateKey, publicKey } = await generateKeyPair('RS256');
    const jwk = { ...(await exportJWK(publicKey)), kid: 'one', alg: 'RS256', use: 'sig' };
    const upstream = new FakeUpstream(id, { privateKey, jwk }, (await generateKeyPair('RS256')).privateKey);
    await new Promise<void>((resolve) => upstream.#server.listen(0, '127.0.0.1', resolve));
    return upstream;
  }

  get issuer(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  get clientId(): string {
    return `us-at-${this.id}`;
  }

  /** Its entry in our configuration. */
  get entry(): NonNullable<ConfigFile['upstream_providers']>[number] {
    const name = this.id.replace(/^./, (first) => first.toUpperCase());
    return { id: this.id, name, issuer: this.issuer, client_id: this.clientId, client_secret: this.secret };
  }

  /** An ID token that it gave another app, which trusts it as we do. */
  idTokenFor(audience: string, claims: Claims): Promise<string> {
    const asked = new URLSearchParams();
    return this.#idToken({ asked, claims, crooked: { idToken: { aud: audience, nonce: undefined } } });
  }

  /** The address to which the browser is sent back, for a person with these claims. */
  answer(question: string, claims: Claims, crooked: Crooked = {}): string {
    const asked = new URL(question).searchParams;
    const code = randomBytes(24).toString('base64url');
    this.#grants.set(code, { asked, claims, crooked });
    return back(asked, { code, iss: this.issuer, ...crooked.parameters });
  }

  refuse(question: string, error: string): string {
    return back(new URL(question).searchParams, { error, iss: this.issuer });
  }

  close(): Promise<void> {
    this.#server.closeAllConnections();
    return new Promise((resolve) => void this.#server.close(() => resolve()));
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.asked += 1;
    const body = await text(request);
    if (this.broken) return this.broken(response);
    const say = (value: object, status = 200) => {
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(JSON.stringify(value));
    };
    const { pathname, search } = new URL(request.url ?? '/', this.issuer);
    if (pathname === '/authorize')
      return redirect(response, this.issuer.replace('127.0.0.1', 'localhost') + `/login${search}`);
    if (pathname === '/login') return this.#greet(response, `${this.issuer}/authorize${search}`);
    if (pathname === '/.well-known/openid-configuration') return say(this.#metadata());
    if (pathname === '/jwks') return say({ keys: [this.#key.jwk] });
    if (pathname === '/token') return this.#redeem(request, new URLSearchParams(body), say);
    if (pathname === '/userinfo') {
      const code = request.headers.authorization?.replace(/^Bearer at-/, '') ?? '';
      const grant = this.#grants.get(code);
      return say({ sub: grant?.claims['sub'], ...grant?.crooked.userinfo });
    }
    say({ error: 'not_found' }, 404);
  }

  #greet(response: ServerResponse, question: string): void {
    const allow = this.answer(question, this.person);
    if (this.silent) return redirect(response, allow);
    const deny = this.refuse(question, 'access_denied');
    const page = `<h1>Acme</h1><a href="${escaped(allow)}">Log in</a> <a href="${escaped(deny)}">Cancel</a>`;
    response.writeHead(200, { 'content-type': 'text/html' });
    response.end(`<!doctype html><link rel="icon" href="data:,">${page}`);
  }

  async #redeem(
    request: IncomingMessage,
    form: URLSearchParams,
    say: (value: object, status?: number) => void,
  ): Promise<void> {
    this.tokenRequests.push(form);
    const grant = this.#grants.get(form.get('code') ?? '');
    const basic = Buffer.from(
      request.headers.authorization?.replace(/^Basic /, '') ?? '',
      'base64',
    ).toString();
    const [clientId, secret] = basic.split(':').map((part) => decodeURIComponent(part));
    const challenge = createHash('sha256')
      .update(form.get('code_verifier') ?? '')
      .digest('base64url');
    const fits =
      clientId === this.clientId &&
      secret === this.secret &&
      grant?.asked.get('redirect_uri') === form.get('redirect_uri') &&
      grant?.asked.get('code_challenge') === challenge;
    if (!grant || !fits) return say({ error: 'invalid_grant' }, 400);
    const id_token = await this.#idToken(grant);
    say({ access_token: `at-${form.get('code')}`, token_type: 'Bearer', expires_in: 60, id_token });
  }

  async #idToken({ asked, claims, crooked }: Grant): Promise<string> {
    const now = Math.floor(Date.now() / 1000);
    const payload = withoutUndefined({
      iss: this.issuer,
      aud: this.clientId,
      iat: now,
      exp: now + 300,
      nonce: asked.get('nonce'),
      ...claims,
      ...crooked.idToken,
    });
    if (crooked.unsigned) return new UnsecuredJWT(payload).encode();
    return await new SignJWT(payload)
      .setProtectedHeader({ alg: 'RS256', kid: 'one' })
      .sign(crooked.foreignKey ? this.#foreign : this.#key.privateKey);
  }

  #metadata(): object {
    return withoutUndefined({
      issuer: this.issuer,
      authorization_endpoint: `${this.issuer}/authorize`,
      token_endpoint: `${this.issuer}/token`,
      jwks_uri: `${this.issuer}/jwks`,
      userinfo_endpoint: `${this.issuer}/userinfo`,
      response_types_supported: ['code'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['RS256'],
      authorization_response_iss_parameter_supported: true,
      ...this.metadata,
    });
  }
}

function redirect(response: ServerResponse, location: string): void {
  response.writeHead(302, { location });
  response.end();
}

function escaped(url: string): string {
  return url.replaceAll('&', '&amp;').replaceAll('"', '&quot;');
}

/** The claims of a person whose address the provider has verified. */
export function someone(login: string, more: Claims = {}): Claims {
  return { sub: `sub-${login}`, email: `${login}@example.test`, email_verified: true, name: 'Ada', ...more };
}

function back(asked: URLSearchParams, parameters: Readonly<Record<string, string | undefined>>): string {
  const url = new URL(asked.get('redirect_uri') ?? '');
  const all = { state: asked.get('state') ?? '', ...parameters };
  for (const [name, value] of Object.entries(all)) if (value !== undefined) url.searchParams.set(name, value);
  return url.href;
}

function withoutUndefined(claims: Claims): Record<string, unknown> {
  return Object.fromEntries(Object.entries(claims).filter(([, value]) => value !== undefined));
}
