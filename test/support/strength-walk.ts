import { decodeJwt } from 'jose';
import { callback } from './clients.js';
import type { Device } from './device.js';
import { authorizeUrl, introspect, pkce, redeem, refresh } from './login.js';
import type { StrengthRow } from './strength-rows.js';
import { formWith, type Visit, Visitor } from './visitor.js';

export const urn = (rung: string) => `urn:holdfast:acr:${rung}`;
const rungOf = (acr: unknown) => String(acr).replace('urn:holdfast:acr:', '');

/** Seconds: the max_age that every row asks. */
export const rowMaxAge = 300;

/** More pages than any sign-in has. */
const mostSteps = 8;

/** A browser, and as whom its person logs in. */
export interface Walker {
  readonly visitor: Visitor;
  readonly login: string;
}

export interface Walked {
  readonly response: URLSearchParams;
  readonly verifier: string;
  /** How often she was asked to log in. */
  readonly logins: number;
}

export interface RowToken {
  readonly acr: string;
  readonly told: string;
  readonly authTime: number;
}

/** Goes through whatever pages come, by the plain forms, until the client has its answer. */
export async function walk(
  { visitor, login }: Walker,
  issuer: string,
  parameters: Record<string, string>,
  acr: string,
): Promise<Walked> {
  const { verifier, challenge } = pkce();
  const wish = { issuer, scope: 'openid model:call', parameters: { prompt: '', ...parameters } };
  let page = await visitor.follow(await visitor.get(authorizeUrl(wish, challenge)));
  let logins = 0;
  for (let step = 0; page.location === undefined; step += 1) {
    if (step === mostSteps) throw new Error(`no end after ${mostSteps} pages: ${page.url}`);
    const asksLogin = page.text.includes('name="acr"');
    if (asksLogin) logins += 1;
    page = await visitor.follow(await answer(visitor, page, asksLogin ? { login, acr } : {}));
  }
  if (!page.location.startsWith(callback)) throw new Error(`led to ${page.location}`);
  return { response: new URL(page.location).searchParams, verifier, logins };
}

async function answer(visitor: Visitor, page: Visit, fields: object): Promise<Visit> {
  const form = formWith(page, 'acr' in fields ? 'acr' : 'csrf');
  return await visitor.post(form.action, { ...form.fields, ...fields });
}

export function parametersOf({ acrValues, essential, prompt }: StrengthRow): Record<string, string> {
  const acr = { essential: true, value: urn(essential ?? '') };
  return {
    max_age: String(rowMaxAge),
    ...(acrValues && { acr_values: acrValues.map(urn).join(' ') }),
    ...(essential !== undefined && { claims: JSON.stringify({ id_token: { acr } }) }),
    ...(prompt && { prompt }),
  };
}

/** Somebody with the login that a row begins with, who has agreed to the client. */
export async function signedIn(issuer: string, session: string | undefined, login: string): Promise<Walker> {
  const walker = { visitor: new Visitor(), login };
  if (session !== undefined) await walk(walker, issuer, {}, urn(session));
  return walker;
}

/** The tokens of a code, and those of a refresh after them, as the resource server and the client see them. */
export async function tokensOf(issuer: string, walked: Walked, device: Device): Promise<RowToken[]> {
  const code = walked.response.get('code') ?? '';
  const login = { code, verifier: walked.verifier, clientId: 'spa', redirectUri: callback };
  const first = await redeem(issuer, login as never, device);
  const again = await refresh(issuer, String(first.body['refresh_token']), device);
  return await Promise.all([first, again].map(({ body }) => seen(issuer, body)));
}

async function seen(issuer: string, body: Record<string, unknown>): Promise<RowToken> {
  if (typeof body['access_token'] !== 'string') throw new Error(JSON.stringify(body));
  const { body: told } = await introspect(issuer, body['access_token']);
  const idToken = decodeJwt(String(body['id_token']));
  if (idToken['auth_time'] !== told['auth_time']) throw new Error('ID token and introspection disagree');
  return {
    acr: rungOf(told['acr']),
    told: rungOf(idToken['acr']),
    authTime: Number(told['auth_time']),
  };
}
