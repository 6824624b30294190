import { createHash, randomBytes } from 'node:crypto';
import { callback, gatewayA, secretOf } from './clients.js';
import { basic, Device, postForm, type Answer } from './device.js';
import { formWith, Visitor, type Visit } from './visitor.js';

export interface LoginWish {
  readonly issuer: string;
  readonly clientId?: string;
  readonly redirectUri?: string;
  readonly scope?: string;
  readonly resource?: string | undefined;
  readonly login?: string;
  readonly acr?: string;
  readonly visitor?: Visitor;
  readonly parameters?: Record<string, string>;
}

export interface Login {
  readonly visitor: Visitor;
  readonly code: string;
  readonly verifier: string;
  readonly clientId: string;
  readonly redirectUri: string;
  /** All parameters of the authorization response. */
  readonly response: URLSearchParams;
}

export function pkce(): { verifier: string; challenge: string } {
  const verifier = randomBytes(32).toString('base64url');
  return { verifier, challenge: createHash('sha256').update(verifier).digest('base64url') };
}

export function authorizeUrl(wish: LoginWish, challenge: string): string {
  const url = new URL('/authorize', wish.issuer);
  const resource = 'resource' in wish ? wish.resource : gatewayA;
  for (const [name, value] of Object.entries({
    client_id: wish.clientId ?? 'spa',
    redirect_uri: wish.redirectUri ?? callback,
    response_type: 'code',
    scope: wish.scope ?? 'openid offline_access model:call',
    prompt: 'consent',
    state: randomBytes(8).toString('hex'),
    code_challenge: challenge,
    code_challenge_method: 'S256',
    ...(resource === undefined ? {} : { resource }),
    ...wish.parameters,
  })) {
    url.searchParams.set(name, value);
  }
  return url.href;
}

/** Goes through login and consent by the plain forms of the test login; returns the redirect to the client. */
export async function goThrough(visitor: Visitor, url: string, login: string, acr = ''): Promise<Visit> {
  let page = await visitor.follow(await visitor.get(url));
  if (page.text.includes('name="login"') && page.text.includes('name="acr"')) {
    const form = formWith(page, 'acr');
    page = await visitor.follow(await visitor.post(form.action, { ...form.fields, login, acr }));
  }
  if (page.location !== undefined) return page;
  const consent = formWith(page, 'csrf');
  return visitor.follow(await visitor.post(consent.action, consent.fields));
}

export async function logIn(wish: LoginWish): Promise<Login> {
  const visitor = wish.visitor ?? new Visitor();
  const { verifier, challenge } = pkce();
  const end = await goThrough(visitor, authorizeUrl(wish, challenge), wish.login ?? 'ada', wish.acr);
  if (end.location === undefined)
    throw new Error(`no redirect to the client (${end.status}):\n${end.text.slice(0, 1500)}`);
  const response = new URL(end.location).searchParams;
  const code = response.get('code');
  if (code === null) throw new Error(`no code: ${end.location}`);
  return {
    visitor,
    code,
    verifier,
    clientId: wish.clientId ?? 'spa',
    redirectUri: wish.redirectUri ?? callback,
    response,
  };
}

const publicClients = new Set(['cli', 'spa']);

/** Client authentication for a token request: by secret, or by `client_id` alone. */
export function credentials(clientId: string): {
  form: Record<string, string>;
  headers: Record<string, string>;
} {
  return publicClients.has(clientId)
    ? { form: { client_id: clientId }, headers: {} }
    : { form: {}, headers: basic(clientId, secretOf(clientId)) };
}

export function redeem(
  issuer: string,
  login: Login,
  device: Device,
  more: Record<string, string> = {},
): Promise<Answer> {
  const { form, headers } = credentials(login.clientId);
  return device.post({
    url: `${issuer}/token`,
    headers,
    form: {
      grant_type: 'authorization_code',
      code: login.code,
      code_verifier: login.verifier,
      redirect_uri: login.redirectUri,
      ...form,
      ...more,
    },
  });
}

export function refresh(
  issuer: string,
  refreshToken: string,
  device: Device,
  clientId = 'spa',
  more: Record<string, string> = {},
): Promise<Answer> {
  const { form, headers } = credentials(clientId);
  return device.post({
    url: `${issuer}/token`,
    headers,
    form: { grant_type: 'refresh_token', refresh_token: refreshToken, ...form, ...more },
  });
}

export function clientCredentials(
  issuer: string,
  device: Device,
  { clientId = 'service', resource = gatewayA, scope = 'model:call' } = {},
): Promise<Answer> {
  const { form, headers } = credentials(clientId);
  return device.post({
    url: `${issuer}/token`,
    headers,
    form: { grant_type: 'client_credentials', resource, scope, ...form },
  });
}

export function introspect(
  issuer: string,
  token: string,
  as = 'rs-a',
  headers: Record<string, string> = {},
): Promise<Answer> {
  return postForm({
    url: `${issuer}/introspect`,
    form: { token },
    headers: { ...basic(as, secretOf(as)), ...headers },
  });
}

export function revoke(issuer: string, token: string, clientId = 'spa', proof?: string): Promise<Answer> {
  const { form, headers } = credentials(clientId);
  return postForm({ url: `${issuer}/revoke`, form: { token, ...form }, headers }, proof);
}

export interface Tokens {
  readonly device: Device;
  readonly login: Login;
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly idToken: string;
}

/** The whole way: login, code, tokens bound to a new device's key. */
export async function signIn(wish: LoginWish, device?: Device): Promise<Tokens> {
  const bound = device ?? (await Device.create());
  const login = await logIn(wish);
  const answer = await redeem(wish.issuer, login, bound);
  if (answer.status !== 200) throw new Error(`token request failed: ${JSON.stringify(answer.body)}`);
  return {
    device: bound,
    login,
    accessToken: answer.body['access_token'] as string,
    refreshToken: answer.body['refresh_token'] as string,
    idToken: answer.body['id_token'] as string,
  };
}
