import { errors } from 'oidc-provider';
import { accountClientId } from '../config/account-client.js';
import { clientKeysProblem } from '../config/client-keys.js';

/*
 * Our additions to RFC 7591 client metadata, and what a registration may not say.
 */
export const ownClientMetadata = [
  /** Origins of browser apps that may call the token endpoint and its kin. */
  'allowed_cors_origins',
  /** `rotate` (default) or `none` (FAPI 2.0 SP §5.3.2.1(9)). */
  'refresh_token_rotation',
  /** False: refresh tokens of this confidential client are not bound to a key (RFC 9449 §5), one key per node. */
  'refresh_token_key_bound',
  /** True: its people's sessions there may be held by the key that holds their session here (docs/DBSC.md). */
  'device_bound_session_sharing',
  /** What it may end by id at /revoke: `session`, `device` (docs/runbooks/accounts.md). */
  'may_revoke',
] as const;

type Metadata = Record<string, unknown>;

/** Called by oidc-provider for each own property of each client. Throws invalid_client_metadata. */
export function validateOwnMetadata(_ctx: unknown, key: string, value: unknown, metadata: Metadata): void {
  // Threat 30: of each client, whatever it says of itself.
  const problem = clientKeysProblem(metadata['jwks']);
  if (problem !== undefined) reject(problem);
  checkGrants(metadata);
  checkResponseTypes(metadata);
  if (value === undefined) return;
  switch (key) {
    case 'allowed_cors_origins':
      if (!Array.isArray(value) || !value.every(isOrigin)) reject(`${key} must be a list of origins`);
      return;
    case 'refresh_token_rotation':
      if (value !== 'rotate' && value !== 'none') reject(`${key} must be rotate or none`);
      return;
    case 'refresh_token_key_bound':
      demandSwitch(key, value);
      // RFC 9449 §5: refresh tokens of public clients MUST be bound.
      if (value === false && metadata['token_endpoint_auth_method'] === 'none') {
        reject(`${key} cannot be false for a public client`);
      }
      return;
    case 'device_bound_session_sharing':
      demandSwitch(key, value);
      return;
    case 'may_revoke':
      checkMayRevoke(value, metadata);
  }
}

/** Law 1: whether every token of this client for a resource is bound, to a key (RFC 9449) or a certificate (RFC 8705). */
export function isBound(client: {
  readonly dpopBoundAccessTokens?: boolean | undefined;
  readonly tlsClientCertificateBoundAccessTokens?: boolean | undefined;
}): boolean {
  return client.dpopBoundAccessTokens === true || client.tlsClientCertificateBoundAccessTokens === true;
}

function demandSwitch(key: string, value: unknown): void {
  if (typeof value !== 'boolean') reject(`${key} must be true or false`);
}

function checkMayRevoke(value: unknown, { token_endpoint_auth_method: method }: Metadata): void {
  if (!Array.isArray(value) || !value.every((each) => each === 'session' || each === 'device')) {
    reject('may_revoke must be a list of session and device');
  }
  // Whoever knows a public client's id is that client.
  if (method === 'none') reject('may_revoke needs a client that authenticates');
}

/** RFC 6749 §4.4: client_credentials is for confidential clients alone; whoever knows a public client's id is that client. */
function checkGrants({ grant_types: grants, token_endpoint_auth_method: method }: Metadata): void {
  if (method === 'none' && Array.isArray(grants) && grants.includes('client_credentials')) {
    reject('client_credentials needs a client that authenticates');
  }
}

/** `none` is for the account's own pages. */
function checkResponseTypes({ client_id: id, response_types: types }: Metadata): void {
  if (id !== accountClientId && Array.isArray(types) && types.includes('none')) {
    reject('response_types must not be none');
  }
}

function isOrigin(value: unknown): boolean {
  return typeof value === 'string' && URL.canParse(value) && new URL(value).origin === value;
}

function reject(description: string): never {
  throw new errors.InvalidClientMetadata(description);
}

/** A browser app calls from the origins it registered: by name, or by the redirect URIs of a public web client. */
export function corsAllowed(_ctx: unknown, origin: string, client: ClientShape): boolean {
  const listed = client['allowed_cors_origins'];
  if (Array.isArray(listed)) return listed.includes(origin);
  if (client.tokenEndpointAuthMethod !== 'none' || client.applicationType === 'native') return false;
  return (client.redirectUris ?? []).some((uri) => new URL(uri).origin === origin);
}

interface ClientShape {
  readonly tokenEndpointAuthMethod?: string | undefined;
  readonly applicationType?: string | undefined;
  readonly redirectUris?: readonly string[] | undefined;
  readonly [metadata: string]: unknown;
}
