import { isLoopbackHost, isTestHost } from '../lib/hosts.js';
import { isRecord } from '../lib/json.js';
import { ProviderUnreachable, ProviderUntrusted } from './client-error.js';

/** What a provider says of itself (RFC 8414), as far as a client app needs it. */
export interface ProviderMetadata {
  readonly issuer: string;
  readonly authorization_endpoint: string;
  readonly token_endpoint: string;
  readonly pushed_authorization_request_endpoint?: string;
  readonly backchannel_authentication_endpoint?: string;
  readonly device_authorization_endpoint?: string;
  readonly revocation_endpoint?: string;
  readonly end_session_endpoint?: string;
  /** RFC 9207: its answers at the redirect URI say who gives them. */
  readonly authorization_response_iss_parameter_supported: boolean;
}

const needed = ['authorization_endpoint', 'token_endpoint'] as const;
const optional = [
  'pushed_authorization_request_endpoint',
  'backchannel_authentication_endpoint',
  'device_authorization_endpoint',
  'revocation_endpoint',
  'end_session_endpoint',
] as const;

/** Plain http is for development alone: on this machine, or at a name that nobody else can have (RFC 6761 §6.2). */
export function isSafeAddress(address: string): boolean {
  if (!URL.canParse(address)) return false;
  const { protocol, hostname, username, password } = new URL(address);
  if (username !== '' || password !== '') return false;
  return (
    protocol === 'https:' || (protocol === 'http:' && (isLoopbackHost(hostname) || isTestHost(hostname)))
  );
}

export async function discoverProvider(issuer: string, send: typeof fetch): Promise<ProviderMetadata> {
  if (!isSafeAddress(issuer)) throw new ProviderUntrusted('The issuer must be an https address');
  const address = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
  const answer = await send(address, { redirect: 'error' }).catch((cause: unknown) => {
    throw new ProviderUnreachable(`No provider answers at ${issuer}`, { cause });
  });
  const described: unknown = await answer.json().catch(() => undefined);
  if (!answer.ok || !isRecord(described)) {
    throw new ProviderUnreachable(`${issuer} answered ${answer.status} instead of describing itself`);
  }
  return readMetadata(issuer, described);
}

function readMetadata(issuer: string, described: Readonly<Record<string, unknown>>): ProviderMetadata {
  // RFC 8414 §3.3: the issuer MUST be the one that was asked; else the metadata MUST NOT be used.
  if (described['issuer'] !== issuer) throw new ProviderUntrusted(`${issuer} describes another issuer`);
  const endpoint = (name: string): string | undefined => {
    const address = described[name];
    if (address === undefined) return undefined;
    if (typeof address === 'string' && isSafeAddress(address)) return address;
    throw new ProviderUntrusted(`${issuer} names no safe ${name}`);
  };
  const must = (name: string): string => {
    const address = endpoint(name);
    if (address === undefined) throw new ProviderUntrusted(`${issuer} names no ${name}`);
    return address;
  };
  const [authorization_endpoint, token_endpoint] = needed.map(must) as [string, string];
  const others = optional.flatMap((name) => {
    const address = endpoint(name);
    return address === undefined ? [] : [[name, address] as const];
  });
  return {
    issuer,
    authorization_endpoint,
    token_endpoint,
    ...Object.fromEntries(others),
    authorization_response_iss_parameter_supported:
      described['authorization_response_iss_parameter_supported'] === true,
  };
}
