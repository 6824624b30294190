import type { IncomingMessage } from 'node:http';
import { parse } from 'node:querystring';

/** A token request in which nothing is unusual. */
export interface PlainTokenRequest {
  readonly grantType: 'refresh_token' | 'client_credentials';
  /** Of a public client; one that authenticates may name itself, too. */
  readonly clientId: string | undefined;
  readonly refreshToken: string | undefined;
  readonly scope: string | undefined;
  readonly resource: string | undefined;
  readonly proof: string;
  /** Of a browser. */
  readonly origin: string | undefined;
}

const names = new Set(['grant_type', 'client_id', 'refresh_token', 'scope', 'resource']);
const longest = 8192;
/** As oidc-provider reads it: RFC 6749 §3.3. */
const scopeSyntax = /^[\x21\x23-\x5B\x5D-\x7E]+(?: [\x21\x23-\x5B\x5D-\x7E]+)*$/;
const mediaType = /^application\/x-www-form-urlencoded(?:; ?charset=utf-8)?$/i;
/** What a form consists of when nothing is left to interpretation. */
const plainForm = /^(?:[A-Za-z0-9\-._~*+&=!'():/,;$@]|%[0-9A-Fa-f]{2})+$/;

/** Undefined: the long way, where every parameter, header and mistake is known. */
export function readPlainTokenRequest(request: IncomingMessage, body: Buffer): PlainTokenRequest | undefined {
  const { headers } = request;
  const { dpop: proof, origin, 'content-type': type = '' } = headers;
  if (request.url !== '/token' || typeof proof !== 'string' || proof === '') return undefined;
  if ('oauth-client-attestation' in headers || 'oauth-client-attestation-pop' in headers) return undefined;
  const form = mediaType.test(type) ? readForm(body) : undefined;
  const grantType = form?.['grant_type'];
  if (!form || (grantType !== 'refresh_token' && grantType !== 'client_credentials')) return undefined;
  const { client_id: clientId, refresh_token: refreshToken, scope, resource } = form;
  if (scope !== undefined && !scopeSyntax.test(scope)) return undefined;
  return { grantType, clientId, refreshToken, scope, resource, proof, origin };
}

function readForm(body: Buffer): Readonly<Record<string, string | undefined>> | undefined {
  const text = body.length > longest ? '' : body.toString('latin1');
  if (!plainForm.test(text)) return undefined;
  const form = parse(text);
  for (const [name, value] of Object.entries(form)) {
    if (!names.has(name) || typeof value !== 'string' || value === '') return undefined;
  }
  return form as Readonly<Record<string, string>>;
}
